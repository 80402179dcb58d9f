//! Ends searches that are past their deadline, waiting or in dead hands. Gateways do that, too; a worker alone suffices.

use std::{sync::Arc, time::Duration};

use broker::{Limits, Reaper};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::Context;

const INTERVAL: Duration = Duration::from_secs(1);

pub(super) async fn run(context: Arc<Context>, stop: CancellationToken) {
    let config = &context.config.common;
    let limits = Limits { longest: config.search_deadline_ms, max_results: config.max_results };
    let mut reaper = Reaper::new(context.broker.clone(), limits);
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        // The clock steps rarely, and each job that is taken by a wrong one fails.
        if let Err(error) = context.broker.look_at_clock().await {
            tracing::debug!(%error, "Redis' clock can't be asked");
        }
        // Not dropped when it is time to stop: it is short.
        let round = reaper.round([], |record| context.suppliers.asked(&record.suppliers));
        if let Err(error) = round.await {
            // The consumer tells of Redis being away.
            tracing::debug!(%error, "overdue searches could not be ended");
        }
    }
}
