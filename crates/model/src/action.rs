use crate::{
    gateway::Overdue,
    redis::{EntryId, WorkerId},
};

/// An atomic step of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The first gateway submits the search, or sends the next command of the submit.
    Submit,
    /// The deadline passes, or `LOST_WITHIN` after it.
    TimePasses,
    /// The record expires.
    RecordExpires,
    /// The lease of a job expires.
    LeaseExpires(EntryId),
    /// A job is delivered to a worker.
    Deliver(WorkerId, EntryId),
    /// A worker takes over a job.
    TakeOver(WorkerId, EntryId),
    /// A worker does the next step of its job, after this supplier's answer.
    Work(WorkerId, Option<usize>),
    /// A worker ends the overdue search.
    EndOverdue(WorkerId),
    /// A gateway finds that the search is overdue.
    FindOverdue(usize, Overdue),
    /// A gateway reads the record of an overdue search.
    ReadRecord(usize),
    /// A gateway ends the search with the answers it has read.
    EndSearch(usize),
    /// A client cancels: a gateway reads the record.
    Cancel(usize),
    /// A job is delivered to a worker, and the reply is lost.
    LoseDelivery(WorkerId, EntryId),
    /// A worker finds a job whose delivery it missed.
    Recover(WorkerId, EntryId),
    /// Like [`Action::Work`], but Redis' reply is lost.
    LoseReply(WorkerId, Option<usize>),
    /// A worker dies.
    WorkerDies(WorkerId),
    /// A gateway dies.
    GatewayDies(usize),
    /// A worker stops and hands its job back.
    Stop(WorkerId),
    /// Redis persists its data.
    Persist,
    /// Redis restarts with what it has persisted, or empty.
    LoseWrites,
    /// The consumer group is deleted and created again.
    LoseGroup,
}
