//! What the scripts are told, and what they reply.

use crate::{
    Guards,
    redis::{Answers, Claim, Clock, SUPPLIERS, Version},
};

/// What became of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// These were stored; the others' suppliers had answered before.
    Stored {
        /// Which.
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

/// Who ends a search, and what with.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// Of a worker; gateways and care have none.
    pub claim: Option<Claim>,
    /// What the end is made of.
    pub answers: Answers,
    /// How many answers that were.
    pub made_of: u8,
    /// The version of the record that had those answers and no others; `None` if none is known to.
    pub version: Option<Version>,
    /// The last sequence number that is known.
    pub seen: u8,
    /// The search's deadline is known, from its job or its record.
    pub knows_deadline: bool,
}

/// What became of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The search has ended so.
    First,
    /// It had ended before.
    Already,
    /// It had ended before, and its record has expired.
    Gone,
    /// Nothing was done: the record has more answers.
    Stale,
    /// Nothing was done: another worker has the job.
    NotOwner,
}

/// The settings of a script.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Redis' clock.
    pub clock: Clock,
    /// Which guards are on.
    pub guards: Guards,
}
