use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use contracts::SearchId;
use tokio::sync::Notify;

/// The queue of feeds to load from their records. Each search is queued once.
#[derive(Debug, Default)]
pub(crate) struct Loads {
    state: Mutex<State>,
    added: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<SearchId>,
    queued: HashSet<SearchId>,
}

impl Loads {
    /// Queues these searches.
    pub(crate) fn queue(&self, ids: impl IntoIterator<Item = SearchId>) {
        let mut state = self.state();
        for id in ids {
            if state.queued.insert(id) {
                state.queue.push_back(id);
            }
        }
        drop(state);
        self.added.notify_one();
    }

    /// The next search. From now on it may be queued again.
    pub(crate) fn next(&self) -> Option<SearchId> {
        let mut state = self.state();
        let next = state.queue.pop_front()?;
        state.queued.remove(&next);
        Some(next)
    }

    /// Waits until searches were added since the last call.
    pub(crate) async fn added(&self) {
        self.added.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_search_is_queued_once_and_in_order() {
        let loads = Loads::default();
        let [first, second] = [(); 2].map(|()| SearchId::random());
        loads.queue([first, second, first]);
        loads.added().await;
        assert_eq!(loads.next(), Some(first));
        // Its record may have been read too early for the new request.
        loads.queue([first]);
        assert_eq!([loads.next(), loads.next(), loads.next()], [Some(second), Some(first), None]);
    }
}
