//! Names of streams, groups, keys and fields in Redis. The first three are fixed by the system this one
//! replaces; everything else hangs off them.

use crate::{Fingerprint, IdempotencyKey, SearchId};

/// Jobs: one entry per search that is waiting or in hand.
pub const REQUESTED_STREAM: &str = "flight.search.requested";
/// The result log: every partial and terminal event, trimmed by age.
pub const RESULTS_STREAM: &str = "flight.search.results";
/// The workers' consumer group on [`REQUESTED_STREAM`].
pub const CONSUMER_GROUP: &str = "search-processors";
/// Jobs that could not be decoded or killed three workers, with the reason.
pub const DEAD_STREAM: &str = "flight.search.dead";
/// Cancelled searches, for the workers that have their jobs.
pub const CANCELLED_STREAM: &str = "flight.search.cancelled";
/// Every search that has not ended: a sorted set of their ids, each scored by its deadline in milliseconds since the
/// epoch, by Redis' clock.
pub const OPEN_SEARCHES: &str = "flight.search.open";
/// Which suppliers the workers ask, a JSON array of code and name. Workers write it again before it expires.
pub const SUPPLIERS_KEY: &str = "flight.search.suppliers";

/// What the key of a search's record starts with; its id follows.
pub const RECORD_PREFIX: &str = "flight.search.record:";

/// The key of a search's record, a hash with the fields of [`record`].
#[must_use]
pub fn record_key(id: SearchId) -> String {
    format!("{RECORD_PREFIX}{id}")
}

/// The key that remembers which search was submitted under an idempotency key: a hash of `search_id` and
/// `fingerprint`.
#[must_use]
pub fn idempotency_key(key: &IdempotencyKey) -> String {
    format!("flight.search.idempotency:{}", key.digest())
}

/// The key that remembers the youngest search of a kind, for equal ones to share; its value is the id.
#[must_use]
pub fn youngest_key(fingerprint: Fingerprint) -> String {
    format!("flight.search.youngest:{fingerprint}")
}

/// Fields of stream entries.
pub mod field {
    /// The search an entry is about.
    pub const SEARCH_ID: &str = "search_id";
    /// Origin code of a job.
    pub const FROM: &str = "from";
    /// Destination code of a job.
    pub const TO: &str = "to";
    /// Departure date of a job, `YYYY-MM-DD`.
    pub const DATE: &str = "date";
    /// Passengers of a job, 1 to 9.
    pub const PASSENGERS: &str = "passengers";
    /// When the search was accepted, milliseconds since the epoch. Not in jobs of the replaced system.
    pub const CREATED_MS: &str = "created_ms";
    /// When the search is ended at the latest, milliseconds since the epoch. Not in jobs of the replaced system.
    pub const DEADLINE_MS: &str = "deadline_ms";
    /// The suppliers a search is limited to, codes separated by commas. Absent: all of them.
    pub const SUPPLIERS: &str = "suppliers";
    /// Which version of the definition of a search a worker must have to answer this one
    /// ([`DEFINITION_VERSION`](crate::search::DEFINITION_VERSION)). Absent: the first.
    pub const NEEDS: &str = "needs";
    /// The deadline that a client wants, in a POST body: milliseconds from the acceptance. In a job it is
    /// [`DEADLINE_MS`].
    pub const TIMEOUT_MS: &str = "timeout_ms";
    /// Terminal status of a result.
    pub const STATUS: &str = "status";
    /// Merged offers of a result, a JSON array. **Its presence makes an entry terminal** for consumers of the
    /// replaced system, so no other entry may have it.
    pub const RESULTS: &str = "results";
    /// Position of an event in its search's story, from 1.
    pub const SEQ: &str = "seq";
    /// Further fields of the terminal event, a JSON object.
    pub const DETAILS: &str = "details";
    /// A supplier's report in a partial entry, a JSON object.
    pub const SUPPLIER: &str = "supplier";
    /// A supplier's offers in a partial entry, a JSON array.
    pub const OFFERS: &str = "offers";
    /// How many suppliers are asked, in a partial entry.
    pub const OF: &str = "of";
    /// Why a dead letter is dead.
    pub const REASON: &str = "reason";
    /// The id a dead letter had in [`REQUESTED_STREAM`](super::REQUESTED_STREAM).
    pub const ENTRY_ID: &str = "entry_id";
}

/// Fields of what is remembered under an idempotency key.
pub mod idempotency {
    pub use super::field::SEARCH_ID;

    /// The fingerprint of the search that was submitted under the key.
    pub const FINGERPRINT: &str = "fingerprint";
}

/// Fields of a search's record; those of the job stand in it under the names of [`field`].
pub mod record {
    pub use super::field::{
        CREATED_MS, DATE, DEADLINE_MS, DETAILS, FROM, PASSENGERS, RESULTS, SEQ, STATUS, SUPPLIERS, TO,
    };

    /// The entry that the search's job has now, if that is not the one it was submitted as: noted when a worker hands
    /// it back. Whoever holds another entry is no longer the owner.
    pub const ENTRY: &str = "entry";
    /// When the search ended, milliseconds since the epoch.
    pub const ENDED_MS: &str = "ended_ms";
    /// When the first supplier's answer was stored, milliseconds since the epoch.
    pub const FIRST_ANSWER_MS: &str = "first_answer_ms";
    /// How many clients were given the search besides the one that submitted it, less those that have left it. Absent:
    /// none. -1: the last one has left, and it is about to be cancelled.
    pub const SHARERS: &str = "sharers";
    /// What the field of a supplier's answer starts with; its code follows. The answer is four lines: `seq`, `of`,
    /// the report and the offers.
    pub const ANSWER_PREFIX: &str = "supplier:";
}
