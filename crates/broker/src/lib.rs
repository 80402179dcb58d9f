//! All Redis commands of the services.
//!
//! | module | what it does |
//! | --- | --- |
//! | `searches` | submits searches, reads records, stores answers, ends searches; recent ones and what happened to each |
//! | [`jobs`] | the queue: read, renew, take over, hand back, decline, bury, replay; the workers and their jobs |
//! | `result_log` | follows the result log and the cancellations, reads and trims the log |
//! | `health` | backlog, settings and permissions of Redis, live workers and gateways |
//! | `connection` | connections that recover on their own, and Redis' clock |
//! | `metrics` | what is measured |
//! | `scripts` | the Lua scripts |
//!
//! A [`Broker`] has two multiplexed connections, which its clones share: one for small requests, and one for large
//! ones (`bulk`), so that small ones never wait behind megabytes. Blocking commands would stall all other tasks, so
//! the queue, each tail and each lane has a connection of its own.
//!
//! Each transition of a search is one Lua script. So it is atomic and happens once, even if several processes try.
//! Timestamps and deadlines use Redis' clock, the only one that all processes share ([`Broker::now`]).

mod connection;
mod entry;
mod error;
mod health;
pub mod jobs;
mod metrics;
mod millis;
mod result_log;
mod scripts;
mod searches;

pub use connection::{Backoff, Broker, InvalidRedisAddr, RedisAddr, Retention};
pub use entry::{Entry, EntryId};
pub use error::{BrokerError, NotDurable};
pub use health::{Checkup, Component, JobCounts, MAX_SNAPSHOT, Memory, Setup, WORKER_TIMEOUT, Workers};
pub use result_log::{Batch, History, Tail, Trimmer};
pub use searches::{
    Acceptance, Basis, Created, Durability, Ended, InvalidDurability, Lane, Limits, NewAnswer, Overdue,
    Reaper, SearchRecord, Sharing, Stored, Submission,
};
