use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use broker::EntryId;
use contracts::SearchId;
use tokio::{sync::oneshot, time::Instant};

/// Why a job is stopped before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StopReason {
    /// The client cancelled the search.
    Cancelled,
    /// The lease ran out, and another worker took the job over.
    TakenOver,
    /// The worker shuts down and its time is up.
    Shutdown,
}

/// The jobs that this worker has in progress.
#[derive(Clone, Debug, Default)]
pub(crate) struct JobsInProgress(Arc<Mutex<HashMap<EntryId, Job>>>);

#[derive(Debug)]
struct Job {
    search: Option<SearchId>,
    since: Instant,
    /// `None` once the job was stopped.
    stop: Option<oneshot::Sender<StopReason>>,
}

/// Removes its job from the jobs in progress when it is dropped.
#[derive(Debug)]
pub(super) struct JobGuard {
    jobs: JobsInProgress,
    entry: EntryId,
}

impl JobsInProgress {
    /// Adds a job. The receiver gets the reason when the job is to stop. `None` if the job is in progress already.
    pub(super) fn start(
        &self,
        entry: EntryId,
        search: Option<SearchId>,
    ) -> Option<(JobGuard, oneshot::Receiver<StopReason>)> {
        let (sender, receiver) = oneshot::channel();
        match self.jobs().entry(entry) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(vacant) => vacant.insert(Job { search, since: Instant::now(), stop: Some(sender) }),
        };
        Some((JobGuard { jobs: self.clone(), entry }, receiver))
    }

    pub(super) fn contains(&self, entry: EntryId) -> bool {
        self.jobs().contains_key(&entry)
    }

    pub(crate) fn len(&self) -> usize {
        self.jobs().len()
    }

    pub(super) fn entries(&self) -> Vec<EntryId> {
        self.jobs().keys().copied().collect()
    }

    /// The searches of the jobs.
    pub(super) fn searches(&self) -> Vec<SearchId> {
        self.jobs().values().filter_map(|job| job.search).collect()
    }

    /// The oldest jobs, up to `max`, and how long they have been in progress.
    pub(super) fn oldest(&self, max: usize) -> Vec<(EntryId, Duration)> {
        let mut oldest: Vec<_> =
            self.jobs().iter().map(|(entry, job)| (*entry, job.since.elapsed())).collect();
        oldest.sort_unstable_by_key(|(entry, _)| *entry);
        oldest.truncate(max);
        oldest
    }

    /// Stops one job.
    pub(super) fn stop(&self, entry: EntryId, reason: StopReason) {
        if let Some(job) = self.jobs().get_mut(&entry) {
            job.stop(reason);
        }
    }

    /// Stops the jobs of a search.
    pub(super) fn stop_search(&self, search: SearchId, reason: StopReason) {
        self.jobs().values_mut().filter(|job| job.search == Some(search)).for_each(|job| job.stop(reason));
    }

    /// Stops all jobs and returns how many there were.
    pub(super) fn stop_all(&self, reason: StopReason) -> usize {
        let mut jobs = self.jobs();
        jobs.values_mut().for_each(|job| job.stop(reason));
        jobs.len()
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EntryId, Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Sends the first reason only.
    fn stop(&mut self, reason: StopReason) {
        if let Some(stop) = self.stop.take() {
            // Fails if the job has just ended on its own.
            let _ = stop.send(reason);
        }
    }
}

impl Drop for JobGuard {
    fn drop(&mut self) {
        self.jobs.jobs().remove(&self.entry);
    }
}
