use std::time::{Duration, SystemTime};

use contracts::EpochMillis;
use tokio::time::Instant;

use super::clock::host_ahead;
use crate::{Broker, BrokerError, EntryId, metrics::Operation};

impl Broker {
    /// The time by Redis' clock, from the estimate. Reads the clock if there is no estimate yet.
    pub async fn now(&self) -> Result<EpochMillis, BrokerError> {
        match self.clock.now() {
            Some(now) => Ok(now),
            None => self.sync_clock().await,
        }
    }

    /// When an entry was added, by this host's clock: for spans, which all go by it. Now, if Redis' clock has not been read
    /// yet.
    #[must_use]
    pub fn added_at(&self, entry: EntryId) -> SystemTime {
        let age = self.clock.now().map_or(Duration::ZERO, |now| now.since(entry.added_at()));
        let now = SystemTime::now();
        now.checked_sub(age).unwrap_or(now)
    }

    /// Reads Redis' clock and updates the estimate. Call it regularly: clocks drift and are adjusted.
    pub async fn sync_clock(&self) -> Result<EpochMillis, BrokerError> {
        let (requested, before) = (Instant::now(), EpochMillis::now());
        let (seconds, micros): (u64, u64) =
            redis::cmd("TIME").query_async(&mut self.connection.to(Operation::Clock)).await?;
        let time = EpochMillis(seconds * 1000 + micros / 1000);
        let host = EpochMillis::now();
        let ahead = host_ahead(time, before, host);
        let change = self.clock.update(time, requested, ahead);
        self.metrics.redis.set_clock_skew(ahead);
        if let Some(step_ms) = change.step {
            tracing::warn!(step_ms, "Redis' clock has stepped");
        }
        match change.host_differs {
            Some(true) => tracing::warn!(
                redis = time.to_rfc3339(),
                host = host.to_rfc3339(),
                "this host's clock differs from Redis'; deadlines go by Redis', but logs can't be compared"
            ),
            Some(false) => tracing::info!("this host's clock agrees with Redis' again"),
            None => {}
        }
        Ok(time)
    }
}
