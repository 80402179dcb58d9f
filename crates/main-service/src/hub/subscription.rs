use std::sync::Arc;

use contracts::SearchId;

use super::{feed::Feed, next::Next, shards::Shards};

/// A subscriber of a search: a cursor into its feed. Clones are the same subscriber, each with its own cursor. It is
/// removed when the last of them is dropped.
#[derive(Clone, Debug)]
pub struct Subscription {
    membership: Arc<Membership>,
    partials: bool,
    cursor: u64,
}

/// Keeps the feed while the subscriber exists.
#[derive(Debug)]
struct Membership {
    shards: Arc<Shards>,
    id: SearchId,
    feed: Arc<Feed>,
}

impl Subscription {
    pub(super) fn new(
        shards: Arc<Shards>,
        id: SearchId,
        feed: Arc<Feed>,
        partials: bool,
        cursor: u64,
    ) -> Self {
        Self { membership: Arc::new(Membership { shards, id, feed }), partials, cursor }
    }

    /// The search that is followed.
    #[must_use]
    pub fn id(&self) -> SearchId {
        self.membership.id
    }

    /// The feed that is followed.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.membership.feed
    }

    /// Whether the subscriber already has the terminal event.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.feed().next_after(&mut self.cursor.clone(), self.partials) == Some(Next::End)
    }

    /// Waits for the next event. Can be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> Next {
        loop {
            // Created before the check, so that a change in between wakes it.
            let feed = &self.membership.feed;
            let changed = feed.changed();
            match feed.next_after(&mut self.cursor, self.partials) {
                Some(next) => return next,
                None => changed.await,
            }
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.shards.leave(self.id);
    }
}
