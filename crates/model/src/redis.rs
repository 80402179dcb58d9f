//! What Redis holds of one search.

/// How many suppliers a search asks.
pub const SUPPLIERS: usize = 2;
/// The entries that the job can have: the submitted one, and the one that a worker hands it back as.
pub const ENTRIES: [EntryId; 2] = [0, 1];

/// A worker, by its number.
pub type WorkerId = u8;
/// An entry of the job stream, by its number.
pub type EntryId = u8;

/// What a supplier answered: whom, and which of that worker's jobs. Two answers of one supplier differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The worker that asked.
    pub worker: WorkerId,
    /// How many jobs that worker had taken before.
    pub job: u8,
}

/// An answer for each supplier that has one.
pub type Answers = [Option<Answer>; SUPPLIERS];

/// Redis' clock, as far as it matters. A lease and `RECORD_TTL_SECS` may end at any time: both are shorter as well as
/// longer than any phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Before the deadline.
    Running,
    /// Past the deadline (and the leeway behind it).
    Overdue,
    /// Past the deadline and `LOST_WITHIN`.
    Over,
}

impl Clock {
    /// The phase that follows.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Running => Self::Overdue,
            Self::Overdue | Self::Over => Self::Over,
        }
    }
}

/// All that Redis holds of the search. It falls back to an earlier value when Redis loses its last writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Redis {
    /// `flight.search.record:{id}`.
    pub record: Option<Record>,
    /// Whether the id is a member of `flight.search.open`.
    pub open: bool,
    /// The search's entries in `flight.search.requested`, with what the group knows of them.
    pub jobs: [Job; ENTRIES.len()],
    /// What `flight.search.results` has told of the search.
    pub log: Vec<Event>,
    /// `flight.search.dead` has the job.
    pub buried: bool,
    /// The id of the last answer that was told. Ids come from Redis' clock: none comes again after a loss.
    pub last_id: u8,
    /// Not in Redis: the submit has reached it, and was not lost. From then on the search has to end.
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
    /// The id of the answer that was told last.
    pub version: Version,
    /// The field `entry`: the job was handed back as this one.
    pub entry: Option<EntryId>,
}

/// An entry of the job stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Job {
    /// Not added (yet).
    #[default]
    Absent,
    /// Not delivered yet.
    Waiting,
    /// Delivered, and not acknowledged.
    Pending {
        /// The consumer that has it.
        owner: WorkerId,
        /// How often it was delivered.
        deliveries: u8,
        /// Idle for longer than a lease.
        lease_over: bool,
    },
    /// Acknowledged and deleted.
    Done,
}

/// An entry of the result log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// Its sequence number.
    pub seq: u8,
    /// What it tells.
    pub news: News,
    /// Not in Redis: whoever stored it no longer had the job.
    pub overruled: bool,
}

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum News {
    /// A supplier has answered.
    Answer(usize, Answer),
    /// The search has ended with these answers.
    End(Answers),
}

/// Which answers a record holds, by the id of the last one; 0 for none.
pub type Version = u8;

/// By what a worker writes: the job was delivered to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The consumer.
    pub worker: WorkerId,
    /// The entry.
    pub entry: EntryId,
}
