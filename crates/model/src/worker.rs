//! A worker: its state, and its next step. It may pause between any two steps.

use crate::{
    Guards,
    redis::{Answer, Claim, EntryId, Job, Redis, SUPPLIERS, Version, WorkerId},
    reply::Context,
    snapshot::Snapshot,
};

/// A worker process with `MAX_CONCURRENCY=1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Worker {
    /// Its current activity.
    pub activity: Activity,
    /// Number of jobs it has had.
    pub jobs: u8,
}

/// A worker's activity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activity {
    /// It has died or stopped.
    Dead,
    /// It waits for a job and holds a permit.
    #[default]
    Idle,
    /// It processes a job.
    Busy(Task),
}

/// A job in progress.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its entry.
    pub entry: EntryId,
    /// The next step.
    pub step: Step,
    /// The state of each supplier.
    pub suppliers: [SupplierState; SUPPLIERS],
    /// The last known sequence number.
    pub last_seq: u8,
    /// The version of the record with exactly the stored answers, if known.
    pub version: Option<Version>,
}

/// The next step of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Read the record.
    Read,
    /// Create the missing record.
    Create,
    /// Ask suppliers and store their answers; after all answers, end the search.
    Collect,
    /// Store all answers again, because Redis may have lost them.
    StoreAgain,
    /// Read the record, to end the search with its answers.
    Conclude,
    /// End the search with the answers of this record.
    End(Snapshot),
    /// Move the job to the dead letters, after too many deliveries.
    Bury,
    /// Read the record of a buried job, to fail the search with its answers.
    Fail,
    /// Fail the search with the answers of this record.
    FailWith(Snapshot),
    /// Remove the job of an ended search.
    Discard,
}

/// A supplier's state, as a worker knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SupplierState {
    /// It has not answered.
    #[default]
    Pending,
    /// Its answer is not stored yet.
    Unstored(Answer),
    /// Its answer is stored.
    Stored(Answer),
    /// An answer was stored before: another one, or this one and the reply was lost.
    StoredBefore,
}

impl Worker {
    /// Starts a job that was delivered to it.
    pub(crate) fn begin(&mut self, entry: EntryId, redis: &Redis) {
        if let Job::Pending { deliveries, .. } = redis.jobs[usize::from(entry)] {
            self.activity = Activity::Busy(Task::new(entry, deliveries));
            self.jobs += 1;
        }
    }

    /// Does the next step of its job, after an answer of supplier `ask`. If `lost`, Redis has executed the command but
    /// the worker has no reply.
    pub(crate) fn work(
        &mut self,
        id: WorkerId,
        ask: Option<usize>,
        redis: &mut Redis,
        context: Context,
        lost: bool,
    ) {
        let Activity::Busy(task) = &mut self.activity else { return };
        if let Some(supplier) = ask {
            task.receive(supplier, Answer { worker: id, job: self.jobs });
        }
        let after = task.clone().step(Claim { worker: id, entry: task.entry }, redis, context);
        if !lost {
            self.activity = after.map_or(Activity::Idle, Activity::Busy);
        }
    }

    /// Shuts down and hands its job back.
    pub(crate) fn stop(&mut self, id: WorkerId, new_entry: EntryId, redis: &mut Redis, guards: Guards) {
        if let Activity::Busy(task) = &self.activity {
            redis.hand_back(Claim { worker: id, entry: task.entry }, new_entry, guards);
        }
        self.activity = Activity::Dead;
    }

    /// Whether it processes this entry.
    pub(crate) fn holds(&self, entry: EntryId) -> bool {
        matches!(&self.activity, Activity::Busy(task) if task.entry == entry)
    }
}
