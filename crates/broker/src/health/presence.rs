//! Which services run, and each worker's status report.

use std::time::Duration;

use contracts::{
    EpochMillis,
    names::{GATEWAYS_KEY, WORKER_PREFIX},
    operators::{GatewayState, WorkerSnapshot},
};
use redis::Pipeline;

use crate::{Broker, BrokerError, connection::bulk::CHUNK, metrics::Operation, millis::millis};

/// How long a worker's status report is kept. Workers repeat it every few seconds.
const SNAPSHOT_TTL: Duration = Duration::from_mins(1);
/// The largest status report, in bytes. It may be shown long after it was written, so it is bounded when it is written.
pub const MAX_SNAPSHOT: usize = 32 * 1024;
/// A gateway without a sign of life for this long is no longer listed.
const GATEWAY_SILENCE: Duration = Duration::from_secs(30);
/// How many gateways are listed.
const MAX_GATEWAYS: isize = 100;
/// How a gateway says that it reads offers as this version stores them: they and the details of an end compressed with this
/// dictionary, long offers only in the record.
pub(super) const READS_OFFERS: &str = "reads-offers-3";

fn worker_key(name: &str) -> String {
    format!("{WORKER_PREFIX}{name}")
}

impl Broker {
    /// Publishes a worker's status report, JSON of at most [`MAX_SNAPSHOT`] bytes.
    pub async fn publish_worker(&self, name: &str, snapshot: &str) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        pipe.cmd("SET").arg(worker_key(name)).arg(snapshot).arg("PX").arg(millis(SNAPSHOT_TTL));
        self.write_presence(&pipe, snapshot.len()).await
    }

    /// Removes the status reports of workers that have left, or are dead.
    pub async fn withdraw_workers(&self, names: &[String]) -> Result<(), BrokerError> {
        if names.is_empty() {
            return Ok(());
        }
        let mut pipe = redis::pipe();
        pipe.cmd("DEL").arg(names.iter().map(|name| worker_key(name)).collect::<Vec<_>>());
        self.write_presence(&pipe, 0).await
    }

    /// Gives a sign of life of a gateway. Call it every few seconds.
    pub async fn announce_gateway(&self, name: &str, version: &str) -> Result<(), BrokerError> {
        let now = self.now().await?;
        let mut pipe = redis::pipe();
        pipe.cmd("ZADD").arg(GATEWAYS_KEY).arg(now.0).arg(member(name, version));
        let silent = now.0.saturating_sub(millis(GATEWAY_SILENCE));
        pipe.cmd("ZREMRANGEBYSCORE").arg(GATEWAYS_KEY).arg("-inf").arg(silent);
        self.write_presence(&pipe, 0).await
    }

    /// Removes a gateway that stops.
    pub async fn withdraw_gateway(&self, name: &str, version: &str) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        pipe.cmd("ZREM").arg(GATEWAYS_KEY).arg(member(name, version));
        self.write_presence(&pipe, 0).await
    }

    async fn write_presence(&self, pipe: &Pipeline, bytes: usize) -> Result<(), BrokerError> {
        let write = |mut bulk| async move { pipe.exec_async(&mut bulk).await };
        Ok(self.bulk.request(Operation::Presence, bytes, write).await?)
    }

    /// The gateways that gave a sign of life recently, up to a hundred.
    pub async fn gateways(&self) -> Result<Vec<GatewayState>, BrokerError> {
        let found = self.live_gateways(Operation::Operators, MAX_GATEWAYS).await?;
        Ok(found.iter().map(|(member, score)| gateway(member, *score)).collect())
    }

    /// What the gateways that gave a sign of life recently say of themselves, and when: up to `limit`, or all if that
    /// is -1.
    pub(super) async fn live_gateways(
        &self,
        operation: Operation,
        limit: isize,
    ) -> Result<Vec<(String, f64)>, BrokerError> {
        let since = self.now().await?.0.saturating_sub(millis(GATEWAY_SILENCE));
        let mut range = redis::cmd("ZREVRANGEBYSCORE");
        range.arg(GATEWAYS_KEY).arg("+inf").arg(since).arg("WITHSCORES");
        range.arg("LIMIT").arg(0).arg(limit);
        let range = &range;
        let read = |mut bulk| async move { range.query_async(&mut bulk).await };
        Ok(self.bulk.request(operation, 0, read).await?)
    }

    /// The status reports of these workers, in their order.
    pub(crate) async fn worker_snapshots(
        &self,
        names: &[&str],
    ) -> Result<Vec<Option<WorkerSnapshot>>, BrokerError> {
        let mut snapshots = Vec::with_capacity(names.len());
        for names in names.chunks(CHUNK / MAX_SNAPSHOT) {
            let mut get = redis::cmd("MGET");
            get.arg(names.iter().map(|name| worker_key(name)).collect::<Vec<_>>());
            let get = &get;
            let read = |mut bulk| async move { get.query_async(&mut bulk).await };
            let found: Vec<Option<Vec<u8>>> = self.bulk.request(Operation::Operators, CHUNK, read).await?;
            snapshots.extend(found.into_iter().map(|json| serde_json::from_slice(&json?).ok()));
        }
        Ok(snapshots)
    }
}

fn member(name: &str, version: &str) -> String {
    format!("{name} {version} {READS_OFFERS}")
}

fn gateway(member: &str, score: f64) -> GatewayState {
    let mut words = member.split(' ');
    let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    // Scores are whole milliseconds, far below 2^53.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time in milliseconds")]
    let seen_at = EpochMillis(score as u64);
    GatewayState { name: name.to_owned(), version: version.to_owned(), seen_at }
}
