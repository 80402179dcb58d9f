use std::sync::Arc;

use bytes::Bytes;
use contracts::SearchId;

use super::{Feed, Hub};

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
    hub: Arc<Hub>,
    id: SearchId,
    feed: Arc<Feed>,
}

/// What a subscriber gets next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// An event, encoded.
    Event(Bytes),
    /// The terminal event was the last one.
    End,
    /// No more events at this gateway: it stops, or the search is unknown.
    Closed,
}

impl Subscription {
    pub(super) fn new(hub: Arc<Hub>, id: SearchId, feed: Arc<Feed>, partials: bool, cursor: u64) -> Self {
        Self { membership: Arc::new(Membership { hub, id, feed }), partials, cursor }
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
        self.hub.leave(self.id);
    }
}
