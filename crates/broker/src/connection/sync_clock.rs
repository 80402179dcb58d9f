use contracts::EpochMillis;
use tokio::time::Instant;

use crate::{Broker, BrokerError, metrics::Operation};

impl Broker {
    /// The time by Redis' clock, from the estimate. Reads the clock if there is no estimate yet.
    pub async fn now(&self) -> Result<EpochMillis, BrokerError> {
        match self.clock.now() {
            Some(now) => Ok(now),
            None => self.sync_clock().await,
        }
    }

    /// Reads Redis' clock and updates the estimate. Call it regularly: clocks drift and are adjusted.
    pub async fn sync_clock(&self) -> Result<EpochMillis, BrokerError> {
        let requested = Instant::now();
        let (seconds, micros): (u64, u64) =
            redis::cmd("TIME").query_async(&mut self.connection.to(Operation::Clock)).await?;
        let time = EpochMillis(seconds * 1000 + micros / 1000);
        let host = EpochMillis::now();
        let change = self.clock.update(time, requested, host);
        self.metrics.redis.set_clock_skew(host, time);
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
