use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard},
};

use contracts::SearchId;

use super::{feed::Feed, lock::lock};

/// How many locks the feeds are spread over, so that subscribers and the tail rarely wait for each other.
const SHARDS: usize = 64;

/// Some of the feeds.
pub(super) type Shard = HashMap<SearchId, Arc<Feed>>;

/// All feeds.
#[derive(Debug)]
pub(super) struct Shards {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
}

impl Default for Shards {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Shards {
    /// The shard of a search's feed.
    pub(super) fn of(&self, id: SearchId) -> MutexGuard<'_, Shard> {
        let at = self.hasher.hash_one(id) % SHARDS as u64;
        // The remainder is below SHARDS, so it fits and is an index.
        lock(&self.shards[usize::try_from(at).unwrap_or_default()])
    }

    /// Each shard, locked only while the iterator is at it.
    pub(super) fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.shards.iter().map(lock)
    }

    /// Removes a subscriber of a search, and the feed with the last one.
    pub(super) fn leave(&self, id: SearchId) {
        if let Entry::Occupied(entry) = self.of(id).entry(id)
            && entry.get().remove_subscriber()
        {
            entry.remove();
        }
    }
}
