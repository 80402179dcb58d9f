//! The data of one search in Redis.

/// Suppliers of a search.
pub const SUPPLIERS: usize = 2;
/// The job's possible entries: as submitted, and as handed back.
pub const ENTRIES: [EntryId; 2] = [0, 1];

/// A worker, by its number.
pub type WorkerId = u8;
/// An entry of the job stream, by its number.
pub type EntryId = u8;

/// A supplier's answer, identified by who asked, so that two answers of one supplier differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The worker that asked.
    pub worker: WorkerId,
    /// The number of that worker's job.
    pub job: u8,
}

/// The answer of each supplier, if any.
pub type Answers = [Option<Answer>; SUPPLIERS];

/// Redis' clock, in three phases. Leases and records may expire in any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Before the deadline.
    Running,
    /// Past the deadline and its grace period.
    Overdue,
    /// Past the deadline and `LOST_WITHIN`.
    LongOverdue,
}

impl Clock {
    /// The phase that follows.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Running => Self::Overdue,
            Self::Overdue | Self::LongOverdue => Self::LongOverdue,
        }
    }
}

/// The state of Redis. A loss of writes restores an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Redis {
    /// `flight.search.record:{id}`.
    pub record: Option<Record>,
    /// Whether the id is a member of `flight.search.open`.
    pub open: bool,
    /// The search's entries in `flight.search.requested`, and their state in the consumer group.
    pub jobs: [Job; ENTRIES.len()],
    /// The search's events in `flight.search.results`.
    pub log: Vec<Event>,
    /// Whether the job is in `flight.search.dead`.
    pub buried: bool,
    /// The id of the last answer's event. Ids come from Redis' clock, so none is reused after a loss.
    pub last_id: u8,
    /// Not in Redis: the submit was executed and not lost, so the search has to end.
    pub submitted: bool,
}

/// The record of the search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Record {
    /// `status` is terminal.
    pub ended: bool,
    /// The last sequence number.
    pub seq: u8,
    /// The fields `supplier:*`.
    pub answers: Answers,
    /// The id of the last answer's event.
    pub version: Version,
    /// The field `entry`: the job's entry after a hand-back.
    pub entry: Option<EntryId>,
}

/// An entry of the job stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Job {
    /// Not added yet.
    #[default]
    Absent,
    /// In the queue.
    Waiting,
    /// Delivered and not acknowledged.
    Pending {
        /// The consumer.
        owner: WorkerId,
        /// Number of deliveries.
        deliveries: u8,
        /// Whether the lease has expired.
        lease_expired: bool,
    },
    /// Acknowledged and deleted.
    Done,
}

/// An entry of the result log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// Its sequence number.
    pub seq: u8,
    /// What happened.
    pub kind: EventKind,
    /// Not in Redis: the writer was not the owner of the job.
    pub by_non_owner: bool,
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A supplier has answered.
    Answer(usize, Answer),
    /// The terminal event, with these answers.
    End(Answers),
}

/// Identifies the answers in a record: the id of the last one's event, or 0.
pub type Version = u8;

/// A worker's claim to a job, checked by every write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The consumer.
    pub worker: WorkerId,
    /// The entry.
    pub entry: EntryId,
}
