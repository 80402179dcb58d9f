use std::sync::Arc;

use bytes::Bytes;
use contracts::SearchId;

use super::{Feed, Hub, feed::Behind};

/// One follower of a search: a cursor into its feed. Clones are the same follower with cursors of their own; it leaves
/// when the last of them is dropped.
#[derive(Clone, Debug)]
pub struct Subscription {
    membership: Arc<Membership>,
    partials: bool,
    cursor: u64,
}

/// What keeps a feed.
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
    /// The terminal event has been given: there is no more.
    End,
    /// The story goes on, but not here: the gateway stops, or nobody knows the search.
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

    /// Whether the terminal event is behind this subscriber already.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.feed().behind(&mut self.cursor.clone(), self.partials) == Behind::End
    }

    /// Waits for what comes next. Can be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> Next {
        loop {
            // Made before looking, so that a change in between wakes it.
            let feed = &self.membership.feed;
            let changed = feed.changed();
            match feed.behind(&mut self.cursor, self.partials) {
                Behind::Event(frame) => return Next::Event(frame),
                Behind::End => return Next::End,
                Behind::Closed => return Next::Closed,
                Behind::Nothing => changed.await,
            }
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.hub.leave(self.id);
    }
}
