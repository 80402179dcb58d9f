//! A gateway: it ends what is overdue, and what its client cancels. Between reading and ending it may rest for as long as
//! the world likes.

use crate::{
    redis::{At, Ending, Finished, Redis},
    worker::{Seen, read},
};

/// A gateway process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gateway {
    /// It has died.
    Dead,
    /// Nothing is to be done.
    #[default]
    Idle,
    /// It follows the search and knows its deadline, or has found it among the open ones.
    Found {
        /// It knows the deadline.
        follows: bool,
    },
    /// It has read the record, and ends the search with that.
    Read {
        /// What it has read, if there is a record.
        seen: Option<Seen>,
        /// It knows the deadline.
        knows_deadline: bool,
    },
    /// It has heard the end.
    Told,
}

impl Gateway {
    pub(crate) fn read(follows: bool, redis: &Redis) -> Self {
        let seen = read(redis);
        Self::Read { seen, knows_deadline: follows || seen.is_some() }
    }

    pub(crate) fn finish(seen: Option<Seen>, knows_deadline: bool, redis: &mut Redis, at: At) -> Self {
        match redis.finish(ending(seen, knows_deadline), at) {
            Finished::Stale | Finished::NotOwner => Self::Idle,
            Finished::First | Finished::Already | Finished::Gone if knows_deadline => Self::Told,
            Finished::First | Finished::Already | Finished::Gone => Self::Idle,
        }
    }
}

/// What a worker's care does with an open search that is overdue. It rests between reading and ending, too: what that
/// does is what it does in a gateway.
pub(crate) fn end_overdue(redis: &mut Redis, at: At) {
    let seen = read(redis);
    redis.finish(ending(seen, seen.is_some()), at);
}

fn ending(seen: Option<Seen>, knows_deadline: bool) -> Ending {
    let Seen { answers, seq, version } = seen.unwrap_or_default();
    Ending { claim: None, answers, made_of: seq, version: Some(version), seen: seq, knows_deadline }
}
