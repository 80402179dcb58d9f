//! A gateway: it ends what is overdue, and what its client cancels. Between reading and ending it may rest for as long as
//! the world likes.

use crate::{
    redis::{Clock, Redis},
    reply::{At, Finished},
    seen::Seen,
};

/// A gateway process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gateway {
    /// It has died.
    Dead,
    /// Nothing is to be done.
    #[default]
    Idle,
    /// It has found that the search is overdue.
    Found(Overdue),
    /// It has read the record, and ends the search with that.
    Read {
        /// What it has read, if there is a record.
        seen: Option<Seen>,
        /// It knows the deadline.
        knows_deadline: bool,
    },
    /// It follows the search, and has been told the end.
    Told,
}

/// How a gateway finds that a search is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// It is among the open ones.
    Open,
    /// Somebody follows it, so its deadline is known.
    Followed,
}

impl Gateway {
    /// The ways in which it can find the search overdue.
    pub(crate) fn finds(self, redis: &Redis, clock: Clock) -> Vec<Overdue> {
        let looks = matches!(self, Self::Idle | Self::Told) && clock > Clock::Running;
        let open = (looks && redis.open).then_some(Overdue::Open);
        let followed = (looks && redis.submitted && self == Self::Idle).then_some(Overdue::Followed);
        open.into_iter().chain(followed).collect()
    }

    /// Reads the record.
    pub(crate) fn read(found: Overdue, redis: &Redis) -> Self {
        let seen = Seen::of(redis);
        Self::Read { seen, knows_deadline: found == Overdue::Followed || seen.is_some() }
    }

    /// Ends the search with what it has read.
    pub(crate) fn finish(seen: Option<Seen>, knows_deadline: bool, redis: &mut Redis, at: At) -> Self {
        match redis.finish(seen.unwrap_or_default().ending(None, knows_deadline), at) {
            Finished::First | Finished::Already | Finished::Gone if knows_deadline => Self::Told,
            _ => Self::Idle,
        }
    }
}

/// What a worker's care does with an open search that is overdue. It may rest between reading and ending, too: what comes
/// of that is what comes of it in a gateway.
pub(crate) fn end_overdue(redis: &mut Redis, at: At) {
    let seen = Seen::of(redis);
    redis.finish(seen.unwrap_or_default().ending(None, seen.is_some()), at);
}
