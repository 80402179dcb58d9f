use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use contracts::SearchId;
use tokio::sync::Notify;

/// The searches whose feeds are to be loaded from their records, each once, the first that was wanted first.
#[derive(Debug, Default)]
pub(crate) struct Loads {
    wanted: Mutex<Wanted>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Wanted {
    queue: VecDeque<SearchId>,
    queued: HashSet<SearchId>,
}

impl Loads {
    /// These are to be loaded.
    pub(crate) fn want(&self, ids: impl IntoIterator<Item = SearchId>) {
        let mut wanted = self.wanted();
        for id in ids {
            if wanted.queued.insert(id) {
                wanted.queue.push_back(id);
            }
        }
        drop(wanted);
        self.more.notify_one();
    }

    /// The next one. From now on it may be wanted again.
    pub(crate) fn next(&self) -> Option<SearchId> {
        let mut wanted = self.wanted();
        let next = wanted.queue.pop_front()?;
        wanted.queued.remove(&next);
        Some(next)
    }

    /// Waits until more are wanted than when this was last awaited.
    pub(crate) async fn more(&self) {
        self.more.notified().await;
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_wanted_twice_is_given_once_and_in_turn() {
        let loads = Loads::default();
        let [first, second] = [(); 2].map(|()| SearchId::random());
        loads.want([first, second, first]);
        loads.more().await;
        assert_eq!(loads.next(), Some(first));
        // It may have been read too early for whoever wants it now.
        loads.want([first]);
        assert_eq!([loads.next(), loads.next(), loads.next()], [Some(second), Some(first), None]);
    }
}
