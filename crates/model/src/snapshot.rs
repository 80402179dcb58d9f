use crate::{
    redis::{Answers, Claim, Redis, Version},
    reply::EndRequest,
};

/// A record as read by a process. It may be stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// The answers it had.
    pub answers: Answers,
    /// Its sequence number.
    pub seq: u8,
    /// Its version.
    pub version: Version,
}

impl Snapshot {
    /// Reads the record; `None` if there is none.
    pub(crate) fn of(redis: &Redis) -> Option<Self> {
        let record = redis.record.as_ref()?;
        Some(Self { answers: record.answers, seq: record.seq, version: record.version })
    }

    /// The arguments to end the search with these answers.
    pub(crate) fn end_request(self, claim: Option<Claim>, knows_deadline: bool) -> EndRequest {
        let Self { answers, seq, version } = self;
        EndRequest {
            claim,
            answers,
            answer_count: count(answers),
            version: Some(version),
            last_seq: seq,
            knows_deadline,
        }
    }
}

/// How many suppliers have answered.
pub(crate) fn count(answers: Answers) -> u8 {
    answers.iter().flatten().map(|_| 1).sum()
}
