use std::time::Duration;

use broker::{Broker, BrokerError};
use tokio::time::{MissedTickBehavior, timeout};
use tokio_util::sync::CancellationToken;

/// How often a gateway says that it runs.
const INTERVAL: Duration = Duration::from_secs(5);
/// A gateway that stops waits no longer than this.
const WITHDRAW_TIMEOUT: Duration = Duration::from_millis(500);

/// Says that this gateway runs, until it stops. If offers may be compressed, looks whether all others read that.
pub(crate) async fn run(broker: Broker, may_compress: bool, stop: CancellationToken) {
    let name = service::instance_name("gateway");
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let announced = stop.run_until_cancelled(announce(&broker, &name, may_compress)).await;
        if let Some(Err(error)) = announced {
            // The watch task logs that Redis is away.
            tracing::debug!(%error, "could not announce the gateway");
        }
    }
    // Otherwise operators see it for half a minute more.
    let withdrawn = timeout(WITHDRAW_TIMEOUT, broker.withdraw_gateway(&name, service::VERSION)).await;
    if !matches!(withdrawn, Ok(Ok(()))) {
        tracing::debug!("could not withdraw the gateway");
    }
}

async fn announce(broker: &Broker, name: &str, may_compress: bool) -> Result<(), BrokerError> {
    broker.announce_gateway(name, service::VERSION).await?;
    if may_compress { broker.choose_encoding().await } else { Ok(()) }
}
