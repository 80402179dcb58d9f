//! Jobs that need a newer worker than this one.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use broker::EntryId;
use tokio::time::Instant;

/// The jobs that this worker has declined, each until the deadline of its search. Until then it does not take
/// them over again: newer workers find them, and workers of its own version would pass them to and fro.
#[derive(Debug, Default)]
pub(crate) struct Declined(Mutex<HashMap<EntryId, Instant>>);

impl Declined {
    /// Adds a job whose search ends within `time_left`.
    pub(super) fn add(&self, entry: EntryId, time_left: Duration) {
        let now = Instant::now();
        let mut jobs = self.jobs();
        jobs.retain(|_, until| *until > now);
        jobs.insert(entry, now + time_left);
    }

    pub(super) fn has(&self, entry: EntryId) -> bool {
        self.jobs().get(&entry).is_some_and(|until| *until > Instant::now())
    }

    pub(super) fn len(&self) -> usize {
        self.jobs().len()
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EntryId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
