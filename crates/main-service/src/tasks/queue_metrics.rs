use std::time::Duration;

use broker::Broker;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(1);

/// Keeps the metrics of the queue and the result log up to date.
pub(crate) async fn run(broker: Broker, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Some(Err(error)) = stop.run_until_cancelled(broker.measure_queue_and_log()).await {
            // The watch task logs that Redis is away.
            tracing::debug!(%error, "could not measure the queue and the result log");
        }
    }
}
