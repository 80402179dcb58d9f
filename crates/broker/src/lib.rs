//! Everything of flight-search that speaks Redis; no other crate has a Redis command in it.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`searches`](Broker) | submits a search, reads its record, stores answers, ends it |
//! | [`sharing`](Sharing) | submits a search unless it is an earlier one asked for again |
//! | [`queue`] | the workers' side of the job stream: read, renew, take over, hand back, bury, leave |
//! | [`tail`] | follows a stream of news from now on, through reconnections |
//! | [`vitals`](Broker::vitals) | whether Redis answers and takes writes, and how long the backlog is |
//! | [`checkup`](Broker::checkup) | whether Redis is set up right: role, policy, memory, permissions |
//! | [`workers`](Broker::workers) | whether there is a worker |
//!
//! A [`Broker`] is one multiplexed connection, shared by all its clones: requests of many tasks are pipelined
//! over it by themselves. Whatever blocks (the queue, a tail) has a connection of its own, because a blocked
//! connection stalls every clone of it.
//!
//! Each transition of a search is one Lua script, so it is atomic and happens once, whoever tries it and however
//! often. Times are told by Redis' clock, the only one that all processes share.

mod address;
mod backoff;
mod checkup;
mod conclude;
mod connection;
mod entry;
mod error;
mod listing;
mod millis;
mod permissions;
mod primary;
pub mod queue;
mod record;
mod scripts;
mod searches;
mod shared;
mod sharing;
pub mod tail;
mod vitals;
mod workers;

pub use address::{InvalidRedisAddr, RedisAddr};
pub use backoff::Backoff;
pub use checkup::{Checkup, Memory, Setup};
pub use conclude::{Concluded, EndedNow};
pub use connection::{Broker, Retention};
pub use entry::{Entry, EntryId};
pub use error::BrokerError;
pub use permissions::Part;
pub use record::SearchRecord;
pub use searches::{Ending, Finished, NewAnswer, Stored};
pub use sharing::{Sharing, Submission};
pub use vitals::Vitals;
pub use workers::Workers;
