//! Everything of flight-search that speaks Redis; no other crate has a Redis command in it.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`searches`](Broker) | submits a search, reads its record, stores answers |
//! | [`ending`](Broker::end) | ends it |
//! | [`accept`](Acceptance) | submits searches so that they are as safe as is asked for |
//! | [`sharing`](Sharing) | submits a search unless it is an earlier one asked for again |
//! | [`queue`] | the workers' side of the job stream: read, renew, take over, hand back, bury, leave |
//! | [`overdue`] | ends searches that are past their deadline |
//! | [`tail`] | follows a stream of news from now on, through reconnections |
//! | [`vitals`](Broker::vitals) | whether Redis answers and takes writes, and how long the backlog is |
//! | [`checkup`](Broker::checkup) | whether Redis is set up right: role, policy, memory, permissions |
//! | [`workers`](Broker::workers) | whether there is a worker |
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
mod checkup;
mod clock;
mod connection;
mod ending;
mod entry;
mod error;
mod foreign;
mod listing;
mod millis;
pub mod overdue;
mod pace;
mod past;
mod permissions;
mod primary;
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
mod workers;

pub use accept::{Acceptance, Durability, InvalidDurability, Lane, Unfit};
pub use address::{InvalidRedisAddr, RedisAddr};
pub use backoff::Backoff;
pub use checkup::{Checkup, Memory, Setup};
pub use connection::{Broker, Retention};
pub use ending::{Basis, Ended};
pub use entry::{Entry, EntryId};
pub use error::BrokerError;
pub use past::Past;
pub use permissions::Part;
pub use record::SearchRecord;
pub use searches::{Created, NewAnswer, Stored};
pub use sharing::{Sharing, Submission};
pub use trim::Trimmer;
pub use vitals::Vitals;
pub use workers::Workers;

/// How long after its deadline a search without a record may still be one whose record Redis has lost. From then on it
/// has ended, and its record has expired. Long enough for a worker or a gateway to end it after Redis was away.
const LOST_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);
