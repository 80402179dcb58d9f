use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use broker::EntryId;
use contracts::SearchId;
use tokio::sync::oneshot;

/// Why work on a job stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The client wants no more.
    Cancelled,
    /// Another worker has taken the job over: this one was taken for dead.
    Lost,
    /// The worker stops and has no more time.
    HandBack,
}

/// The jobs this worker has.
#[derive(Clone, Debug, Default)]
pub(super) struct InHand(Arc<Mutex<HashMap<EntryId, Job>>>);

#[derive(Debug)]
struct Job {
    search: Option<SearchId>,
    stop: Option<oneshot::Sender<Stop>>,
}

/// Proves that a job is in hand; dropped, it no longer is.
#[derive(Debug)]
pub(super) struct Hand {
    in_hand: InHand,
    entry: EntryId,
}

impl InHand {
    /// Takes a job in hand, with a word from whoever wants it stopped. `None` if it is in hand already.
    pub(super) fn take(
        &self,
        entry: EntryId,
        search: Option<SearchId>,
    ) -> Option<(Hand, oneshot::Receiver<Stop>)> {
        let (sender, receiver) = oneshot::channel();
        match self.jobs().entry(entry) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(place) => place.insert(Job { search, stop: Some(sender) }),
        };
        Some((Hand { in_hand: self.clone(), entry }, receiver))
    }

    pub(super) fn has(&self, entry: EntryId) -> bool {
        self.jobs().contains_key(&entry)
    }

    pub(super) fn len(&self) -> usize {
        self.jobs().len()
    }

    pub(super) fn entries(&self) -> Vec<EntryId> {
        self.jobs().keys().copied().collect()
    }

    /// Stops work on one job.
    pub(super) fn stop(&self, entry: EntryId, why: Stop) {
        if let Some(job) = self.jobs().get_mut(&entry) {
            job.stop(why);
        }
    }

    /// Stops work on a search.
    pub(super) fn stop_search(&self, search: SearchId, why: Stop) {
        self.jobs().values_mut().filter(|job| job.search == Some(search)).for_each(|job| job.stop(why));
    }

    /// Stops work on everything and tells how much that was.
    pub(super) fn stop_all(&self, why: Stop) -> usize {
        let mut jobs = self.jobs();
        jobs.values_mut().for_each(|job| job.stop(why));
        jobs.len()
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<EntryId, Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// The first reason counts; one that nobody listens to any more has come too late.
    fn stop(&mut self, why: Stop) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(why);
        }
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.in_hand.jobs().remove(&self.entry);
    }
}
