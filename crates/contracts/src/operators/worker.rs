use serde::{Deserialize, Serialize};

use crate::{EpochMillis, SearchId};

/// The workers: `GET /api/workers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerList {
    /// The workers, those with the latest sign of life first; a limited number.
    pub workers: Vec<WorkerState>,
    /// How many more there are.
    pub more: u64,
}

/// A worker, as Redis knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerState {
    /// Its name in the consumer group.
    pub name: String,
    /// Whether it gave a sign of life in the last ten seconds.
    pub is_alive: bool,
    /// How long ago it gave one.
    pub idle_ms: u64,
    /// How many jobs it has.
    pub in_progress: u64,
    /// Its oldest jobs.
    pub jobs: Vec<JobInProgress>,
    /// Its last status report; absent if there was none for a minute.
    pub snapshot: Option<WorkerSnapshot>,
}

/// A job that a worker has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobInProgress {
    /// The id of its entry.
    pub entry: String,
    /// Its search, if that can be read.
    pub search_id: Option<SearchId>,
    /// How often it was delivered.
    pub deliveries: u64,
    /// Since it was queued.
    pub age_ms: u64,
    /// Since the worker last renewed its lease.
    pub lease_idle_ms: u64,
    /// How long the worker has had it; absent if the worker has not reported it.
    pub for_ms: Option<u64>,
}

/// A worker's status report, every few seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerSnapshot {
    /// Its version.
    pub version: String,
    /// When it was reported.
    pub at: EpochMillis,
    /// `MAX_CONCURRENCY`.
    pub max_jobs: u32,
    /// Jobs that it has had for long.
    #[serde(default)]
    pub jobs: Vec<JobSnapshot>,
    /// Its suppliers.
    #[serde(default)]
    pub suppliers: Vec<SupplierSnapshot>,
    /// How many suppliers were left out, because the status report would be too large.
    #[serde(default)]
    pub suppliers_left_out: usize,
}

/// Since when a worker has had a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSnapshot {
    /// The id of its entry.
    pub entry: String,
    /// How long the worker has had it.
    pub for_ms: u64,
}

/// The state of a supplier at one worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierSnapshot {
    /// The supplier's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The state of its circuit breaker: `closed`, `half_open` or `open`.
    pub breaker: String,
    /// Calls in progress.
    pub in_flight: u64,
    /// Calls since the worker started.
    pub calls: u64,
    /// Failed ones.
    pub failures: u64,
    /// Calls in the last minute.
    pub calls_last_minute: u64,
    /// Failed ones.
    pub failures_last_minute: u64,
    /// The last failure.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_error: Option<LastError>,
}

/// The last failed call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// When it failed.
    pub at: EpochMillis,
    /// Why, on one line.
    pub cause: String,
}

/// The suppliers: `GET /api/suppliers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierList {
    /// The suppliers that workers have reported. Those with a breaker that is not closed come first.
    pub suppliers: Vec<SupplierState>,
    /// How many suppliers workers have left out.
    pub left_out: usize,
}

/// A supplier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierState {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its state at each worker.
    pub workers: Vec<SupplierAtWorker>,
}

/// The state of a supplier at one worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierAtWorker {
    /// The worker's name.
    pub worker: String,
    /// When it was reported.
    pub at: EpochMillis,
    /// Its state.
    #[serde(flatten)]
    pub supplier: SupplierSnapshot,
}
