//! Everything of flight-search that speaks Redis; no other crate has a Redis command in it.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`searches`](Broker) | submits a search, reads its record, stores answers, ends it |
//! | [`accept`](Acceptance) | submits searches so that they are as safe as is asked for |
//! | [`sharing`](Sharing) | submits a search unless it is an earlier one asked for again |
//! | [`queue`] | the workers' side of the job stream: read, renew, take over, hand back, bury, leave |
//! | [`overdue`] | ends searches that are past their deadline |
//! | [`tail`] | follows a stream of news from now on, through reconnections |
//! | [`vitals`](Broker::vitals) | whether Redis answers, and how long the backlog is |
//!
//! A [`Broker`] is two multiplexed connections, shared by all its clones: requests of many tasks are pipelined
//! over them by themselves. One is for small requests, the other for what may be large (`bulk`), so that nobody waits
//! behind megabytes. Whatever blocks (the queue, a tail, a lane) has a connection of its own, because a blocked
//! connection stalls every clone of it.
//!
//! Each transition of a search is one Lua script, so it is atomic and happens once, whoever tries it and however
//! often. Times are told by Redis' clock, the only one that all processes share ([`Broker::now`]).

mod accept;
mod address;
mod backoff;
mod bulk;
mod clock;
mod conclude;
mod connection;
mod entry;
mod error;
mod listing;
mod millis;
pub mod overdue;
mod pace;
mod past;
pub mod queue;
mod reading;
mod record;
mod scripts;
mod searches;
mod shared;
mod sharing;
pub mod tail;
mod trim;
mod vitals;

pub use accept::{Acceptance, Durability, InvalidDurability, Lane, Unfit};
pub use address::{InvalidRedisAddr, RedisAddr};
pub use backoff::Backoff;
pub use conclude::{Concluded, EndedNow};
pub use connection::{Broker, Retention};
pub use entry::{Entry, EntryId};
pub use error::BrokerError;
pub use past::Past;
pub use record::SearchRecord;
pub use searches::{Created, Ending, Finished, NewAnswer, Stored};
pub use sharing::{Sharing, Submission};
pub use trim::Trimmer;
pub use vitals::Vitals;
