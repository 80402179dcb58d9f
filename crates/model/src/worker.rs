//! A worker: what it knows, and what it does next. Between two steps it may rest for as long as the world likes.

use crate::{
    Guards,
    redis::{Answer, Answered, Answers, At, Claim, Ending, EntryId, Finished, Redis, SUPPLIERS, Version, WorkerId},
};

/// How often a job is delivered before it counts as deadly.
pub(crate) const MAX_DELIVERIES: u8 = 2;

/// A worker process with `MAX_CONCURRENCY=1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Worker {
    /// What it does.
    pub now: Now,
    /// How many jobs it has taken.
    pub jobs: u8,
}

/// What a worker does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Now {
    /// It has died or stopped.
    Dead,
    /// It waits for a job, with a permit in its hand.
    #[default]
    Idle,
    /// It has a job in hand.
    Busy(Task),
}

/// A job in hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its entry.
    pub entry: EntryId,
    /// What comes next.
    pub step: Step,
    /// What is known of each supplier.
    pub suppliers: [Heard; SUPPLIERS],
    /// The last sequence number that is known.
    pub seen: u8,
    /// The version of the record that has the answers that are stored, and no others.
    pub version: Option<Version>,
}

/// What comes next for a job in hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Read the record.
    Read,
    /// There is none: make it.
    Create,
    /// Ask a supplier and store what it answers; when all have answered, end the search.
    Gather,
    /// Store all that is in hand again, as Redis may have lost it.
    StoreAgain,
    /// Read the record, to end the search with what it has.
    Conclude,
    /// End the search with what was read.
    End(Seen),
    /// It was delivered too often: read the record, to fail the search with what it has.
    Fail,
    /// Fail the search with what was read.
    FailWith(Seen),
    /// Its search has failed: move it to the dead letters.
    Bury,
    /// Its search has ended: remove it.
    Discard,
}

/// What a worker knows of a supplier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Heard {
    /// It has not answered.
    #[default]
    Nothing,
    /// It has answered; that is to be stored.
    InHand(Answer),
    /// This answer of it is stored.
    Stored(Answer),
    /// Another answer of it was stored before, or this one without the worker hearing so.
    Before,
}

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

impl Task {
    /// A job that was just delivered.
    pub(crate) fn new(entry: EntryId, deliveries: u8) -> Self {
        let step = if deliveries > MAX_DELIVERIES { Step::Fail } else { Step::Read };
        Self { entry, step, suppliers: [Heard::Nothing; SUPPLIERS], seen: 0, version: Some(0) }
    }

    /// Which suppliers could be asked next; `None` alone where nothing is to be asked.
    pub(crate) fn choices(&self) -> Vec<Option<usize>> {
        let unheard: Vec<_> = (0..SUPPLIERS)
            .filter(|&supplier| self.step == Step::Gather && self.suppliers[supplier] == Heard::Nothing)
            .map(Some)
            .collect();
        let has_in_hand = self.suppliers.iter().any(|heard| matches!(heard, Heard::InHand(_)));
        if unheard.is_empty() || has_in_hand { vec![None] } else { unheard }
    }

    /// Does the next step. `None`: the job is no longer in hand. If the reply is `lost`, Redis has done what was asked
    /// and the worker does not know.
    pub(crate) fn work(mut self, by: (WorkerId, u8), ask: Option<usize>, redis: &mut Redis, at: At, lost: bool) -> Option<Self> {
        if let Some(supplier) = ask {
            self.suppliers[supplier] = Heard::InHand(Answer { worker: by.0, job: by.1 });
        }
        let before = self.clone();
        let after = self.step(Claim { worker: by.0, entry: before.entry }, redis, at);
        if lost { Some(before) } else { after }
    }

    fn step(mut self, claim: Claim, redis: &mut Redis, at: At) -> Option<Self> {
        self.step = match self.step.clone() {
            Step::Read => self.read(redis),
            Step::Create if redis.create(at) => Step::Gather,
            Step::Create => Step::Discard,
            Step::Gather if self.suppliers.iter().any(|heard| matches!(heard, Heard::InHand(_))) => {
                self.store(claim, redis, at)?
            }
            Step::Gather => self.finish(claim, redis, at)?,
            Step::StoreAgain => match self.store(claim, redis, at)? {
                Step::Gather => Step::Conclude,
                other => other,
            },
            Step::Conclude => Step::End(read(redis)?),
            Step::End(seen) => conclude(claim, seen, redis, at, Step::Conclude)?,
            Step::Fail => Step::FailWith(read(redis).unwrap_or_default()),
            Step::FailWith(seen) => match redis.finish(ending(claim, seen), at) {
                Finished::Stale => Step::Fail,
                Finished::NotOwner => return None,
                Finished::First | Finished::Already | Finished::Gone => Step::Bury,
            },
            Step::Bury => return self.leave(|| redis.bury(claim, at.guards)),
            Step::Discard => return self.leave(|| redis.discard(claim, at.guards)),
        };
        Some(self)
    }

    fn leave(self, done: impl FnOnce()) -> Option<Self> {
        done();
        None
    }

    fn read(&mut self, redis: &Redis) -> Step {
        match &redis.record {
            None => Step::Create,
            Some(record) if record.ended => Step::Discard,
            Some(record) => {
                self.suppliers = record.answers.map(|answer| answer.map_or(Heard::Nothing, Heard::Stored));
                self.seen = record.seq;
                self.version = Some(record.version);
                Step::Gather
            }
        }
    }

    /// Where Redis has lost the record, all that is stored here goes into the new one.
    fn store(&mut self, claim: Claim, redis: &mut Redis, at: At) -> Option<Step> {
        let in_hand = self.suppliers.map(|heard| if let Heard::InHand(answer) = heard { Some(answer) } else { None });
        match redis.answer(claim, in_hand, at) {
            Answered::NotOwner => None,
            Answered::Ended => Some(Step::Discard),
            Answered::Missing => {
                self.take_in_hand();
                Some(Step::Create)
            }
            Answered::Stored { stored, before, after } => {
                self.version = (self.version == Some(before)).then_some(after);
                for (heard, stored) in self.suppliers.iter_mut().zip(stored) {
                    if let Heard::InHand(answer) = *heard {
                        *heard = if stored { Heard::Stored(answer) } else { Heard::Before };
                    }
                }
                self.seen = self.seen.max(redis.record.as_ref().map_or(0, |record| record.seq));
                Some(Step::Gather)
            }
        }
    }

    /// All that was stored is to be stored again: Redis may have lost it.
    fn take_in_hand(&mut self) {
        self.version = Some(0);
        for heard in &mut self.suppliers {
            if let Heard::Stored(answer) = *heard {
                *heard = Heard::InHand(answer);
            }
        }
    }

    fn finish(&mut self, claim: Claim, redis: &mut Redis, at: At) -> Option<Step> {
        let answers = self.suppliers.map(|heard| if let Heard::Stored(answer) = heard { Some(answer) } else { None });
        let Self { seen, version, .. } = *self;
        let ending =
            Ending { claim: Some(claim), answers, made_of: count(&answers), version, seen, knows_deadline: true };
        match redis.finish(ending, at) {
            Finished::Stale if at.guards.ends_name_a_version && count(&answers) > 0 => {
                self.take_in_hand();
                Some(Step::StoreAgain)
            }
            Finished::Stale => Some(Step::Conclude),
            Finished::First | Finished::Already | Finished::Gone | Finished::NotOwner => None,
        }
    }
}

impl Worker {
    /// It stops: what is in hand is handed back.
    pub(crate) fn stop(&mut self, id: WorkerId, anew: EntryId, redis: &mut Redis, guards: Guards) {
        if let Now::Busy(task) = &self.now {
            redis.hand_back(Claim { worker: id, entry: task.entry }, anew, guards);
        }
        self.now = Now::Dead;
    }
}

pub(crate) fn read(redis: &Redis) -> Option<Seen> {
    redis.record.as_ref().map(|record| Seen {
        answers: record.answers,
        seq: record.seq,
        version: record.version,
    })
}

fn ending(claim: Claim, seen: Seen) -> Ending {
    Ending {
        claim: Some(claim),
        answers: seen.answers,
        made_of: seen.seq,
        version: Some(seen.version),
        seen: seen.seq,
        knows_deadline: true,
    }
}

fn conclude(claim: Claim, seen: Seen, redis: &mut Redis, at: At, again: Step) -> Option<Step> {
    match redis.finish(ending(claim, seen), at) {
        Finished::Stale => Some(again),
        Finished::First | Finished::Already | Finished::Gone | Finished::NotOwner => None,
    }
}

fn count(answers: &Answers) -> u8 {
    answers.iter().flatten().map(|_| 1).sum()
}
