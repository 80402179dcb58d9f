//! The subscribers of searches, and the events for them.
//!
//! The hub holds one [`Feed`] per search with a subscriber: the search's events in order, each encoded once and shared
//! by all subscribers. A subscriber is a cursor into its feed, so a slow one costs nothing and loses nothing. The feed is
//! dropped with its last subscriber.
//!
//! Events reach a feed in two ways, in any order: from the tail of the result log (`apply_*`) and from the search's record
//! (`load`). Sequence numbers remove duplicates. A feed that gets an event without the one before it returns
//! [`Applied::Gap`], and is loaded again.
//!
//! The hub knows neither Redis nor HTTP.

mod feed;
mod feed_state;
mod frame;
mod lock;
mod next;
mod shards;
mod subscription;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use contracts::{EpochMillis, SearchId};
use shards::{Shard, Shards};

pub use feed::{Applied, Feed, LoadedRecord, Need};
pub use next::Next;
pub use subscription::Subscription;

/// All feeds.
#[derive(Debug, Default)]
pub struct Hub {
    shards: Arc<Shards>,
    closed: AtomicBool,
}

impl Hub {
    /// Subscribes to the events of a search after `after` (0: all), with partials or only the end.
    pub fn join(&self, id: SearchId, partials: bool, after: u64) -> Subscription {
        let feed = self.subscribe(&mut self.shards.of(id), id, partials, after);
        Subscription::new(Arc::clone(&self.shards), id, feed, partials, after)
    }

    /// Like [`join`](Self::join), but `None` if the search has `limit` subscribers already.
    pub fn try_join(&self, id: SearchId, partials: bool, after: u64, limit: usize) -> Option<Subscription> {
        let feed = {
            // One lock for both, or subscribers that come at once could exceed the limit.
            let mut shard = self.shards.of(id);
            if shard.get(&id).map_or(0, |feed| feed.subscribers()) >= limit {
                return None;
            }
            self.subscribe(&mut shard, id, partials, after)
        };
        Some(Subscription::new(Arc::clone(&self.shards), id, feed, partials, after))
    }

    fn subscribe(&self, shard: &mut Shard, id: SearchId, partials: bool, after: u64) -> Arc<Feed> {
        let feed = shard.entry(id).or_default();
        feed.add_subscriber(partials, after);
        if self.closed.load(Ordering::Acquire) {
            feed.close();
        }
        Arc::clone(feed)
    }

    /// How many subscribers a search has.
    #[must_use]
    pub fn subscribers(&self, id: SearchId) -> usize {
        self.shards.of(id).get(&id).map_or(0, |feed| feed.subscribers())
    }

    /// The feed of a search, if it has a subscriber.
    #[must_use]
    pub fn feed(&self, id: SearchId) -> Option<Arc<Feed>> {
        self.shards.of(id).get(&id).map(Arc::clone)
    }

    /// The searches with a subscriber.
    #[must_use]
    pub fn followed(&self) -> Vec<SearchId> {
        self.shards.each().flat_map(|shard| shard.keys().copied().collect::<Vec<_>>()).collect()
    }

    /// How many searches are followed, and how many subscribers they have.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.shards.each().fold((0, 0), |(searches, subscribers), shard| {
            let here: usize = shard.values().map(|feed| feed.subscribers()).sum();
            (searches + shard.len(), subscribers + here)
        })
    }

    /// The followed searches that have not ended although their deadline was before `now`, each with its deadline and the
    /// highest known sequence number.
    #[must_use]
    pub fn overdue(&self, now: EpochMillis) -> Vec<(SearchId, EpochMillis, u64)> {
        let mut overdue = Vec::new();
        for shard in self.shards.each() {
            overdue.extend(shard.iter().filter_map(|(id, feed)| {
                let (deadline, known) = feed.overdue(now)?;
                Some((*id, deadline, known))
            }));
        }
        overdue
    }

    /// Closes all feeds, and all later ones: the gateway stops.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for shard in self.shards.each() {
            for feed in shard.values() {
                feed.close();
            }
        }
    }
}
