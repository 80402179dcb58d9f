//! A worker: what it knows, and what it does next. Between two steps it may rest for as long as the world likes.

use crate::{
    Guards,
    redis::{Answer, Claim, EntryId, Job, Redis, SUPPLIERS, Version, WorkerId},
    reply::At,
    seen::Seen,
};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// It was delivered too often: move it to the dead letters.
    Bury,
    /// It was buried: read the record, to fail the search with what it has.
    Fail,
    /// Fail the search with what was read.
    FailWith(Seen),
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

impl Worker {
    /// Takes a job that was delivered to it in hand.
    pub(crate) fn begin(&mut self, entry: EntryId, redis: &Redis) {
        if let Job::Pending { deliveries, .. } = redis.jobs[usize::from(entry)] {
            self.now = Now::Busy(Task::new(entry, deliveries));
            self.jobs += 1;
        }
    }

    /// Does the next step of its job; `ask` has answered before. If the reply is `lost`, Redis has done what was asked,
    /// and the worker does not know.
    pub(crate) fn work(&mut self, id: WorkerId, ask: Option<usize>, redis: &mut Redis, at: At, lost: bool) {
        let Now::Busy(task) = &mut self.now else { return };
        if let Some(supplier) = ask {
            task.hear(supplier, Answer { worker: id, job: self.jobs });
        }
        let after = task.clone().step(Claim { worker: id, entry: task.entry }, redis, at);
        if !lost {
            self.now = after.map_or(Now::Idle, Now::Busy);
        }
    }

    /// It stops: what is in hand is handed back.
    pub(crate) fn stop(&mut self, id: WorkerId, anew: EntryId, redis: &mut Redis, guards: Guards) {
        if let Now::Busy(task) = &self.now {
            redis.hand_back(Claim { worker: id, entry: task.entry }, anew, guards);
        }
        self.now = Now::Dead;
    }

    /// Whether it works on this entry.
    pub(crate) fn has_in_hand(&self, entry: EntryId) -> bool {
        matches!(&self.now, Now::Busy(task) if task.entry == entry)
    }
}
