//! How a worker processes a job.

use crate::{
    redis::{Answer, Claim, EntryId, Redis, SUPPLIERS},
    reply::{AnswerReply, Context, EndReply, EndRequest},
    snapshot::{Snapshot, count},
    worker::{Step, SupplierState, Task},
};

/// After more deliveries, a job goes to the dead letters.
const MAX_DELIVERIES: u8 = 2;

impl Task {
    /// A job that was delivered.
    pub(crate) fn new(entry: EntryId, deliveries: u8) -> Self {
        let step = if deliveries > MAX_DELIVERIES { Step::Bury } else { Step::Read };
        Self { entry, step, suppliers: [SupplierState::Pending; SUPPLIERS], last_seq: 0, version: Some(0) }
    }

    /// Suppliers that may answer next; only `None` if the next step needs no answer.
    pub(crate) fn choices(&self) -> Vec<Option<usize>> {
        let unanswered: Vec<_> = (0..SUPPLIERS)
            .filter(|&supplier| {
                self.step == Step::Collect && self.suppliers[supplier] == SupplierState::Pending
            })
            .map(Some)
            .collect();
        if unanswered.is_empty() || self.has_unstored() { vec![None] } else { unanswered }
    }

    /// A stopping worker completes steps that remove a job from the queue.
    pub(crate) fn can_be_handed_back(&self) -> bool {
        !matches!(self.step, Step::Bury | Step::Fail | Step::FailWith(_) | Step::Discard)
    }

    /// Receives a supplier's answer, to be stored next.
    pub(crate) fn receive(&mut self, supplier: usize, answer: Answer) {
        self.suppliers[supplier] = SupplierState::Unstored(answer);
    }

    /// Does the next step. `None` when the job is finished or has another owner.
    pub(crate) fn step(mut self, claim: Claim, redis: &mut Redis, context: Context) -> Option<Self> {
        self.step = match self.step {
            Step::Read => self.read(redis),
            Step::Create if redis.create(claim, context) => Step::Collect,
            Step::Create => Step::Discard,
            Step::Collect if self.has_unstored() => self.store(claim, redis, context)?,
            Step::Collect => self.finish(claim, redis, context)?,
            Step::StoreAgain => match self.store(claim, redis, context)? {
                Step::Collect => Step::Conclude,
                other => other,
            },
            Step::Conclude => Snapshot::of(redis).map_or(Step::Discard, Step::End),
            Step::End(snapshot) => match redis.end(snapshot.end_request(Some(claim), true), context) {
                EndReply::Stale => Step::Conclude,
                EndReply::First | EndReply::Already | EndReply::Gone | EndReply::NotOwner => return None,
            },
            Step::Bury if redis.bury(claim, context.guards) => Step::Fail,
            Step::Bury => return None,
            Step::Fail => Step::FailWith(Snapshot::of(redis).unwrap_or_default()),
            Step::FailWith(snapshot) => match redis.end(snapshot.end_request(None, true), context) {
                EndReply::Stale => Step::Fail,
                EndReply::First | EndReply::Already | EndReply::Gone | EndReply::NotOwner => return None,
            },
            Step::Discard => {
                redis.discard(claim.entry);
                return None;
            }
        };
        Some(self)
    }

    /// Reads the record. Only suppliers without an answer are asked.
    fn read(&mut self, redis: &Redis) -> Step {
        match &redis.record {
            None => Step::Create,
            Some(record) if record.ended => Step::Discard,
            Some(record) => {
                self.suppliers =
                    record.answers.map(|answer| answer.map_or(SupplierState::Pending, SupplierState::Stored));
                self.last_seq = record.seq;
                self.version = Some(record.version);
                Step::Collect
            }
        }
    }

    /// Stores new answers. If the record was lost, all answers go into a new one.
    fn store(&mut self, claim: Claim, redis: &mut Redis, context: Context) -> Option<Step> {
        let unstored = |state| if let SupplierState::Unstored(answer) = state { Some(answer) } else { None };
        match redis.answer(claim, self.suppliers.map(unstored), context) {
            AnswerReply::NotOwner => None,
            AnswerReply::Ended => Some(Step::Discard),
            AnswerReply::Missing => {
                self.mark_all_unstored();
                Some(Step::Create)
            }
            AnswerReply::Stored { stored, before, after } => {
                self.version = (self.version == Some(before)).then_some(after);
                for (state, stored) in self.suppliers.iter_mut().zip(stored) {
                    if let SupplierState::Unstored(answer) = *state {
                        *state =
                            if stored { SupplierState::Stored(answer) } else { SupplierState::StoredBefore };
                    }
                }
                self.last_seq = self.last_seq.max(redis.record.as_ref().map_or(0, |record| record.seq));
                Some(Step::Collect)
            }
        }
    }

    /// Redis may have lost stored answers: store them again.
    fn mark_all_unstored(&mut self) {
        self.version = Some(0);
        for state in &mut self.suppliers {
            if let SupplierState::Stored(answer) = *state {
                *state = SupplierState::Unstored(answer);
            }
        }
    }

    /// Ends the search with the stored answers, if the record has no others.
    fn finish(&mut self, claim: Claim, redis: &mut Redis, context: Context) -> Option<Step> {
        let stored = |state| if let SupplierState::Stored(answer) = state { Some(answer) } else { None };
        let answers = self.suppliers.map(stored);
        let answer_count = count(answers);
        let Self { last_seq, version, .. } = *self;
        let request =
            EndRequest { claim: Some(claim), answers, answer_count, version, last_seq, knows_deadline: true };
        match redis.end(request, context) {
            EndReply::Stale if context.guards.ends_check_version && answer_count > 0 => {
                self.mark_all_unstored();
                Some(Step::StoreAgain)
            }
            EndReply::Stale => Some(Step::Conclude),
            EndReply::First | EndReply::Already | EndReply::Gone | EndReply::NotOwner => None,
        }
    }

    fn has_unstored(&self) -> bool {
        self.suppliers.iter().any(|state| matches!(state, SupplierState::Unstored(_)))
    }
}
