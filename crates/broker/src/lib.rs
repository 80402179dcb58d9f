//! Everything of flight-search that speaks Redis; no other crate has a Redis command in it.
//!
//! | module | what it does |
//! | --- | --- |
//! | `searches` | submits a search, shares it, reads its record, stores answers, ends it, also at its deadline |
//! | [`jobs`] | the workers' side of the job stream: read, renew, take over, hand back, decline, bury, leave |
//! | `news` | follows the result log and the cancellations through reconnections, looks back, trims |
//! | `health` | how long the backlog is, whether Redis is set up right and what it forbids, who is alive |
//! | `connection` | connections that come back by themselves, and Redis' clock |
//! | `scripts` | the Lua scripts |
//!
//! A [`Broker`] is two multiplexed connections, shared by all its clones: requests of many tasks are pipelined
//! over them by themselves. One is for small requests, the other for what may be large (`bulk`), so that nobody waits
//! behind megabytes. Whatever blocks (the queue, a tail, a lane) has a connection of its own, because a blocked
//! connection stalls every clone of it.
//!
//! Each transition of a search is one Lua script, so it is atomic and happens once, whoever tries it and however
//! often. Times are told by Redis' clock, the only one that all processes share ([`Broker::now`]).

mod connection;
mod entry;
mod error;
mod health;
pub mod jobs;
mod millis;
mod news;
mod scripts;
mod searches;

pub use connection::{Backoff, Broker, InvalidRedisAddr, RedisAddr, Retention};
pub use entry::{Entry, EntryId};
pub use error::BrokerError;
pub use health::{Backlog, Checkup, Memory, Part, Setup, Workers};
pub use news::{Batch, Past, Tail, Trimmer};
pub use searches::{
    Acceptance, Basis, Created, Durability, Ended, InvalidDurability, Lane, Limits, NewAnswer, Overdue,
    Reaper, SearchRecord, Sharing, Stored, Submission, Unfit,
};
