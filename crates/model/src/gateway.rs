//! A gateway: ends overdue and cancelled searches. It may pause between reading the record and ending the search.

use crate::{
    redis::{Clock, Redis},
    reply::{Context, EndReply},
    snapshot::Snapshot,
};

/// A gateway process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gateway {
    /// The process has died.
    Dead,
    /// Nothing to do.
    #[default]
    Idle,
    /// It has found the search overdue.
    Found(Overdue),
    /// It has read the record and will end the search.
    Read {
        /// The record, if there was one.
        snapshot: Option<Snapshot>,
        /// Whether it knows the deadline.
        knows_deadline: bool,
    },
    /// It follows the search and knows that it has ended.
    Ended,
}

/// How a gateway finds that a search is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// In the set of open searches.
    Open,
    /// A client follows it, so the gateway knows the deadline.
    Followed,
}

impl Gateway {
    /// How it can find the search overdue.
    pub(crate) fn finds(self, redis: &Redis, clock: Clock) -> Vec<Overdue> {
        let looks = matches!(self, Self::Idle | Self::Ended) && clock > Clock::Running;
        let open = (looks && redis.open).then_some(Overdue::Open);
        let followed = (looks && redis.submitted && self == Self::Idle).then_some(Overdue::Followed);
        open.into_iter().chain(followed).collect()
    }

    /// Reads the record.
    pub(crate) fn read(found: Overdue, redis: &Redis) -> Self {
        let snapshot = Snapshot::of(redis);
        Self::Read { snapshot, knows_deadline: found == Overdue::Followed || snapshot.is_some() }
    }

    /// Ends the search with the answers it has read.
    pub(crate) fn finish(
        snapshot: Option<Snapshot>,
        knows_deadline: bool,
        redis: &mut Redis,
        context: Context,
    ) -> Self {
        match redis.end(snapshot.unwrap_or_default().end_request(None, knows_deadline), context) {
            EndReply::First | EndReply::Already | EndReply::Gone if knows_deadline => Self::Ended,
            _ => Self::Idle,
        }
    }
}

/// A worker ends an open, overdue search. In one step: a pause between reading and ending has the same effects as in a
/// gateway.
pub(crate) fn end_overdue(redis: &mut Redis, context: Context) {
    let snapshot = Snapshot::of(redis);
    redis.end(snapshot.unwrap_or_default().end_request(None, snapshot.is_some()), context);
}
