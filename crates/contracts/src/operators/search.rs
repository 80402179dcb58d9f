use serde::{Deserialize, Serialize};

use crate::{EpochMillis, SearchId, SearchStatus, SupplierReport};

/// Recent searches: `GET /api/searches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchList {
    /// Those accepted last first, as far as Redis still knows them; a limited number.
    pub searches: Vec<ListedSearch>,
    /// How many searches have not ended.
    pub open: u64,
}

/// A search in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedSearch {
    /// Its id.
    pub search_id: SearchId,
    /// Its status.
    pub status: SearchStatus,
    /// Where it leaves from.
    pub from: Option<String>,
    /// Where it goes.
    pub to: Option<String>,
    /// The day of departure.
    pub date: Option<String>,
    /// When it was accepted.
    pub accepted_at: Option<EpochMillis>,
    /// When it ended.
    pub ended_at: Option<EpochMillis>,
    /// How many suppliers have answered.
    pub answers: u64,
}

/// Everything that is known of one search: `GET /api/searches/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHistory {
    /// The search.
    #[serde(flatten)]
    pub search: ListedSearch,
    /// When it ends at the latest.
    pub deadline_at: Option<EpochMillis>,
    /// The number of passengers.
    pub passengers: Option<String>,
    /// The suppliers that it is limited to, codes separated by commas; absent: all.
    pub suppliers: Option<String>,
    /// Its job, while it is in the queue or in progress.
    pub job: Option<JobState>,
    /// What happened, in order: the acceptance, the answers and the end by sequence number, the others among them by
    /// time. A delivery, whose time is unknown, follows what queued its job.
    pub events: Vec<HistoryEvent>,
    /// Why something that happened may be missing, or has no time.
    pub gaps: Vec<String>,
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobState {
    /// The id of its entry.
    pub entry: String,
    /// The worker that has it; absent while it waits.
    pub worker: Option<String>,
    /// How often it was delivered.
    pub deliveries: u64,
    /// Since its worker last renewed the lease; 0 while it waits.
    pub lease_idle_ms: u64,
}

/// Something that happened to a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum HistoryEvent {
    /// A gateway accepted it and queued its job.
    Accepted {
        /// When.
        at: EpochMillis,
    },
    /// Its job was queued again: handed back, or replayed.
    QueuedAgain {
        /// When.
        at: EpochMillis,
    },
    /// A worker has its job.
    Delivered {
        /// The worker.
        worker: String,
        /// How often it was delivered.
        deliveries: u64,
    },
    /// A supplier answered.
    Answered {
        /// When; absent if the result log no longer has it, or too much else.
        at: Option<EpochMillis>,
        /// The sequence number of the event.
        seq: u64,
        /// How it answered.
        report: SupplierReport,
    },
    /// Its job became a dead letter.
    Buried {
        /// When.
        at: EpochMillis,
        /// The dead letter's entry.
        dead_letter: String,
        /// Why.
        reason: String,
    },
    /// It ended.
    Ended {
        /// When.
        at: Option<EpochMillis>,
        /// How.
        status: SearchStatus,
        /// How many offers there were.
        offers: Option<usize>,
        /// From acceptance to the end.
        elapsed_ms: Option<u64>,
        /// Why, if not because all suppliers had answered.
        reason: Option<String>,
        /// Suppliers that had not answered.
        unanswered: Vec<SupplierReport>,
    },
}
