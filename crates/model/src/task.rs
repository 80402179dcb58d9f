//! What a worker does with a job that it has in hand.

use crate::{
    redis::{Answer, Claim, EntryId, Redis, SUPPLIERS},
    reply::{Answered, At, Ending, Finished},
    seen::{Seen, count},
    worker::{Heard, Step, Task},
};

/// How often a job is delivered before it counts as deadly.
const MAX_DELIVERIES: u8 = 2;

impl Task {
    /// A job that was just delivered.
    pub(crate) fn new(entry: EntryId, deliveries: u8) -> Self {
        let step = if deliveries > MAX_DELIVERIES { Step::Bury } else { Step::Read };
        Self { entry, step, suppliers: [Heard::Nothing; SUPPLIERS], seen: 0, version: Some(0) }
    }

    /// Which suppliers could be asked next; `None` alone where nothing is to be asked.
    pub(crate) fn choices(&self) -> Vec<Option<usize>> {
        let unheard: Vec<_> = (0..SUPPLIERS)
            .filter(|&supplier| self.step == Step::Gather && self.suppliers[supplier] == Heard::Nothing)
            .map(Some)
            .collect();
        if unheard.is_empty() || self.has_in_hand() { vec![None] } else { unheard }
    }

    /// A worker that stops does to its end what removes a job from the queue.
    pub(crate) fn can_be_handed_back(&self) -> bool {
        !matches!(self.step, Step::Bury | Step::Fail | Step::FailWith(_) | Step::Discard)
    }

    /// Stores this supplier's answer next.
    pub(crate) fn hear(&mut self, supplier: usize, answer: Answer) {
        self.suppliers[supplier] = Heard::InHand(answer);
    }

    /// Does the next step. `None`: the job is no longer in hand.
    pub(crate) fn step(mut self, claim: Claim, redis: &mut Redis, at: At) -> Option<Self> {
        self.step = match self.step {
            Step::Read => self.read(redis),
            Step::Create if redis.create(at) => Step::Gather,
            Step::Create => Step::Discard,
            Step::Gather if self.has_in_hand() => self.store(claim, redis, at)?,
            Step::Gather => self.finish(claim, redis, at)?,
            Step::StoreAgain => match self.store(claim, redis, at)? {
                Step::Gather => Step::Conclude,
                other => other,
            },
            Step::Conclude => Seen::of(redis).map_or(Step::Discard, Step::End),
            Step::End(seen) => match redis.finish(seen.ending(Some(claim), true), at) {
                Finished::Stale => Step::Conclude,
                Finished::First | Finished::Already | Finished::Gone | Finished::NotOwner => return None,
            },
            Step::Bury if redis.bury(claim, at.guards) => Step::Fail,
            Step::Bury => return None,
            Step::Fail => Step::FailWith(Seen::of(redis).unwrap_or_default()),
            Step::FailWith(seen) => match redis.finish(seen.ending(None, true), at) {
                Finished::Stale => Step::Fail,
                Finished::First | Finished::Already | Finished::Gone | Finished::NotOwner => return None,
            },
            Step::Discard => {
                redis.discard(claim.entry);
                return None;
            }
        };
        Some(self)
    }

    /// Only suppliers that have not answered are asked.
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
        let in_hand = |heard| if let Heard::InHand(answer) = heard { Some(answer) } else { None };
        match redis.answer(claim, self.suppliers.map(in_hand), at) {
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

    /// Ends the search with what is stored, if that is all that the record has.
    fn finish(&mut self, claim: Claim, redis: &mut Redis, at: At) -> Option<Step> {
        let stored = |heard| if let Heard::Stored(answer) = heard { Some(answer) } else { None };
        let answers = self.suppliers.map(stored);
        let made_of = count(answers);
        let Self { seen, version, .. } = *self;
        let ending = Ending { claim: Some(claim), answers, made_of, version, seen, knows_deadline: true };
        match redis.finish(ending, at) {
            Finished::Stale if at.guards.ends_name_a_version && made_of > 0 => {
                self.take_in_hand();
                Some(Step::StoreAgain)
            }
            Finished::Stale => Some(Step::Conclude),
            Finished::First | Finished::Already | Finished::Gone | Finished::NotOwner => None,
        }
    }

    fn has_in_hand(&self) -> bool {
        self.suppliers.iter().any(|heard| matches!(heard, Heard::InHand(_)))
    }
}
