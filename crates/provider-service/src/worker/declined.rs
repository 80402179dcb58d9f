//! Jobs that need a newer worker than this one.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use broker::EntryId;
use tokio::time::Instant;

/// The jobs that this worker declined, each until its search's deadline.
///
/// The worker does not take them over again. Otherwise workers of this version would pass them back and forth.
#[derive(Debug, Default)]
pub(crate) struct DeclinedJobs(Mutex<HashMap<EntryId, Instant>>);

impl DeclinedJobs {
    /// Adds a job whose deadline is `time_left` from now.
    pub(super) fn add(&self, entry: EntryId, time_left: Duration) {
        let now = Instant::now();
        let mut jobs = self.jobs();
        jobs.retain(|_, until| *until > now);
        jobs.insert(entry, now + time_left);
    }

    pub(super) fn contains(&self, entry: EntryId) -> bool {
        self.jobs().get(&entry).is_some_and(|until| *until > Instant::now())
    }

    pub(super) fn len(&self) -> usize {
        self.jobs().len()
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EntryId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
