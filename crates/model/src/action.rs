use crate::{
    gateway::Overdue,
    redis::{EntryId, WorkerId},
};

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The first gateway submits the search, or sends the next command of the submit.
    Submit,
    /// The deadline passes, or `LOST_WITHIN` after it.
    TimePasses,
    /// The record expires.
    RecordExpires,
    /// The lease of a job runs out.
    LeaseRunsOut(EntryId),
    /// A worker reads a job.
    Deliver(WorkerId, EntryId),
    /// A worker takes over a job.
    TakeOver(WorkerId, EntryId),
    /// A worker does the next step of its job. This supplier answers it before.
    Work(WorkerId, Option<usize>),
    /// A worker ends the search because it is overdue.
    EndOverdue(WorkerId),
    /// A gateway finds that the search is overdue.
    Find(usize, Overdue),
    /// A gateway reads the record of an overdue search.
    Read(usize),
    /// A gateway ends the search with what it has read.
    Finish(usize),
    /// A client cancels: a gateway reads the record.
    Cancel(usize),
    /// A worker reads a job, and the reply is lost.
    LoseDelivery(WorkerId, EntryId),
    /// A worker finds a job that was delivered to it without its knowing.
    Recover(WorkerId, EntryId),
    /// As [`Action::Work`], and Redis' reply is lost.
    LoseReply(WorkerId, Option<usize>),
    /// A worker dies.
    WorkerDies(WorkerId),
    /// A gateway dies.
    GatewayDies(usize),
    /// A worker stops, and hands back what it has in hand.
    Stop(WorkerId),
    /// What Redis holds now is what it will come back with.
    Save,
    /// Redis comes back with what was saved, or with nothing.
    LoseWrites,
    /// The group of workers is deleted, and made anew.
    LoseGroup,
}
