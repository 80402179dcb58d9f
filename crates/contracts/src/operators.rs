//! The JSON of the operators' API, which services serve on `METRICS_PORT` and the terminal client reads.
//!
//! Times are milliseconds since the epoch by Redis' clock (`…_at`, [`EpochMillis`]), or durations in milliseconds
//! (`…_ms`). Readers ignore fields that they don't know.

mod dead_letter;
mod search;
mod status;
mod worker;

use serde::{Deserialize, Serialize};

pub use dead_letter::{DeadLetter, DeadLetterPage, JobField, Replayed};
pub use search::{HistoryEvent, JobState, ListedSearch, SearchHistory, SearchList};
pub use status::{AgeGroup, GatewayState, Queue, RedisState, Status, WorkerCounts};
pub use worker::{
    JobInProgress, JobSnapshot, LastError, SupplierAtWorker, SupplierList, SupplierSnapshot, SupplierState,
    WorkerList, WorkerSnapshot, WorkerState,
};

/// Something that operators should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// A stable identifier, for programs.
    pub code: String,
    /// The notice, for people.
    pub message: String,
}

impl Notice {
    /// A notice.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// The log filter of one process: the response of `GET /log`, and the body of `PUT /log`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogFilter {
    /// As in `RUST_LOG`, such as `info,broker=debug`.
    pub filter: String,
}
