use crate::{
    redis::{Answers, Claim, Redis, Version},
    reply::Ending,
};

/// What was read of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// The answers it had.
    pub answers: Answers,
    /// Its sequence number.
    pub seq: u8,
    /// Its version.
    pub version: Version,
}

impl Seen {
    /// Reads the record; `None` if there is none.
    pub(crate) fn of(redis: &Redis) -> Option<Self> {
        let record = redis.record.as_ref()?;
        Some(Self { answers: record.answers, seq: record.seq, version: record.version })
    }

    /// The end that is made of this.
    pub(crate) fn ending(self, claim: Option<Claim>, knows_deadline: bool) -> Ending {
        let Self { answers, seq, version } = self;
        Ending { claim, answers, made_of: count(answers), version: Some(version), seen: seq, knows_deadline }
    }
}

/// How many suppliers have answered.
pub(crate) fn count(answers: Answers) -> u8 {
    answers.iter().flatten().map(|_| 1).sum()
}
