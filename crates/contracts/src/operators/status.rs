use serde::{Deserialize, Serialize};

use super::Notice;
use crate::EpochMillis;

/// The state of the whole system, as one process sees it: `GET /api/status`.
///
/// Parts that could not be read are absent, and `unread` says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// `gateway` or `worker`: which service answers.
    pub service: String,
    /// Its version.
    pub version: String,
    /// When this was read.
    pub read_at: Option<EpochMillis>,
    /// What keeps this process from its work.
    pub problems: Vec<Notice>,
    /// What should be looked at.
    pub warnings: Vec<Notice>,
    /// What could not be read.
    pub unread: Vec<Notice>,
    /// Redis.
    pub redis: Option<RedisState>,
    /// The queue.
    pub queue: Option<Queue>,
    /// The workers.
    pub workers: Option<WorkerCounts>,
    /// The gateways that gave a sign of life in the last half minute.
    pub gateways: Option<Vec<GatewayState>>,
    /// How many searches have not ended.
    pub open_searches: Option<u64>,
    /// How many dead letters there are.
    pub dead_letters: Option<u64>,
}

/// How Redis is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedisState {
    /// Its version.
    pub version: String,
    /// `master` or `slave`.
    pub role: String,
    /// How many replicas follow it.
    pub replicas: u64,
    /// How long it has run, in seconds.
    pub uptime_seconds: u64,
    /// Memory in use.
    pub memory_used_bytes: u64,
    /// `maxmemory`; 0 for no limit.
    pub memory_limit_bytes: u64,
    /// `maxmemory-policy`.
    pub eviction_policy: String,
    /// Whether it has an append-only file.
    pub append_only: bool,
    /// Whether its last write to that file worked.
    pub append_only_ok: bool,
    /// How far this process' host is ahead of Redis' clock, in milliseconds.
    pub clock_skew_ms: i64,
}

/// The jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Jobs that no worker has yet.
    pub waiting: u64,
    /// Jobs that workers have.
    pub in_progress: u64,
    /// How long the oldest job that no worker has yet has waited.
    pub oldest_ms: u64,
    /// The waiting jobs by age, the oldest first. Only the oldest jobs are counted.
    pub ages: Vec<AgeGroup>,
    /// How many more jobs wait. They are younger.
    pub uncounted: u64,
}

/// Waiting jobs of about the same age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeGroup {
    /// They have waited for at least this long, and less than the group before.
    pub over_ms: u64,
    /// How many they are.
    pub jobs: u64,
}

/// How many workers there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerCounts {
    /// Gave a sign of life in the last ten seconds.
    pub alive: u64,
    /// Gave none for longer.
    pub silent: u64,
}

/// A gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayState {
    /// Its name: host, process id, and a random number.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When it last gave a sign of life.
    pub seen_at: EpochMillis,
}
