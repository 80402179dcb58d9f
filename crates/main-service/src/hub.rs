//! Who follows which search, and what there is to tell.
//!
//! The hub holds one [`Feed`] per search with a live subscriber. A feed is the search's story as far as it is
//! known here: its events in order, encoded once, shared by all who follow. A subscriber is a cursor into it, so
//! a slow one costs nothing and loses nothing. The last subscriber's leaving drops the feed.
//!
//! News reach a feed by two ways that may overtake each other: the tail of the result log (`hear_*`) and the
//! search's record (`load`). The place (`seq`) of each event in the story removes what both told. A feed that
//! hears of an event without having had the one before says so ([`Heard::Gap`]), and is loaded again.
//!
//! The hub knows neither Redis nor HTTP.

mod feed;
mod subscription;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use contracts::{EpochMillis, SearchId};

pub use feed::{Feed, Heard, Need, Snapshot};
pub use subscription::{Next, Subscription};

/// How many locks the feeds are spread over, so that subscribers and the tail rarely meet at one.
const SHARDS: usize = 64;

type Shard = HashMap<SearchId, Arc<Feed>>;

/// All feeds.
#[derive(Debug)]
pub struct Hub {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    closed: AtomicBool,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            closed: AtomicBool::new(false),
        }
    }
}

impl Hub {
    /// Follows a search from behind the event at place `after` (0: from the start), with its partial answers or
    /// only to its end.
    pub fn join(self: &Arc<Self>, id: SearchId, partials: bool, after: u64) -> Subscription {
        let feed = {
            let mut shard = self.shard(id);
            let feed = shard.entry(id).or_default();
            feed.enter(partials, after);
            if self.closed.load(Ordering::Acquire) {
                feed.close();
            }
            Arc::clone(feed)
        };
        Subscription::new(Arc::clone(self), id, feed, partials, after)
    }

    /// How many follow a search.
    #[must_use]
    pub fn followers(&self, id: SearchId) -> usize {
        self.shard(id).get(&id).map_or(0, |feed| feed.subscribers())
    }

    /// The feed of a search, if anyone follows it.
    #[must_use]
    pub fn feed(&self, id: SearchId) -> Option<Arc<Feed>> {
        self.shard(id).get(&id).map(Arc::clone)
    }

    /// The searches that somebody follows.
    #[must_use]
    pub fn followed(&self) -> Vec<SearchId> {
        self.shards.iter().flat_map(|shard| lock(shard).keys().copied().collect::<Vec<_>>()).collect()
    }

    /// The followed searches that have not ended although their deadline was before `now`, each with its deadline and
    /// how many places of its story are known.
    #[must_use]
    pub fn overdue(&self, now: EpochMillis) -> Vec<(SearchId, EpochMillis, u64)> {
        let mut overdue = Vec::new();
        for shard in &self.shards {
            let shard = lock(shard);
            overdue.extend(shard.iter().filter_map(|(id, feed)| {
                let (deadline, known) = feed.overdue(now)?;
                Some((*id, deadline, known))
            }));
        }
        overdue
    }

    /// Ends all subscriptions, and those to come: the gateway stops.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for shard in &self.shards {
            for feed in lock(shard).values() {
                feed.close();
            }
        }
    }

    fn leave(&self, id: SearchId) {
        if let Entry::Occupied(entry) = self.shard(id).entry(id)
            && entry.get().exit()
        {
            entry.remove();
        }
    }

    fn shard(&self, id: SearchId) -> MutexGuard<'_, Shard> {
        let at = self.hasher.hash_one(id) % SHARDS as u64;
        // The remainder is below SHARDS, so it fits and is an index.
        lock(&self.shards[usize::try_from(at).unwrap_or_default()])
    }
}

/// A panic elsewhere must not take the hub along; none of its states is left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
