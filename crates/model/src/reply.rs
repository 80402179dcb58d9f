//! Arguments and replies of the scripts.

use crate::{
    Guards,
    redis::{Answers, Claim, Clock, SUPPLIERS, Version},
};

/// Reply of `answer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerReply {
    /// The other suppliers' answers were stored before.
    Stored {
        /// Whether each supplier's answer was stored.
        stored: [bool; SUPPLIERS],
        /// The record's version before.
        before: Version,
        /// The record's version now.
        after: Version,
    },
    /// There is no record.
    Missing,
    /// The search has ended.
    Ended,
    /// Another worker has the job.
    NotOwner,
}

/// Arguments of `end`.
#[derive(Clone, Copy, Debug)]
pub struct EndRequest {
    /// The claim of a worker that has the job. `None` when ending overdue or cancelled searches.
    pub claim: Option<Claim>,
    /// The answers in the terminal event.
    pub answers: Answers,
    /// Number of answers.
    pub answer_count: u8,
    /// The version of the record with exactly these answers, if known.
    pub version: Option<Version>,
    /// The last known sequence number.
    pub last_seq: u8,
    /// Whether the deadline is known, from the job or the record.
    pub knows_deadline: bool,
}

/// Reply of `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReply {
    /// This request ended the search.
    First,
    /// The search had ended before.
    Already,
    /// The search had ended before, and its record has expired.
    Gone,
    /// Refused: the record has other answers.
    Stale,
    /// Refused: another worker has the job.
    NotOwner,
}

/// What a script's result depends on besides Redis.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Redis' clock.
    pub clock: Clock,
    /// Which guards are on.
    pub guards: Guards,
}
