//! Ends searches past their deadline that nobody works on. Gateways do the same, so either may be down.

use std::{sync::Arc, time::Duration};

use broker::{Limits, Reaper};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::context::Context;

const INTERVAL: Duration = Duration::from_secs(1);

pub(super) async fn run(context: Arc<Context>, stop: CancellationToken) {
    let config = &context.config.common;
    let limits = Limits { longest: config.search_deadline_ms, max_results: config.max_results };
    let mut reaper = Reaper::new(context.broker.clone(), limits);
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        // Often, because every job that starts with a wrong clock fails.
        if let Err(error) = context.broker.sync_clock().await {
            tracing::debug!(%error, "could not read Redis' clock");
        }
        // Not cancelled on shutdown: a round is short.
        let round = reaper.round([], |record| context.suppliers.asked(&record.suppliers));
        if let Err(error) = round.await {
            // The consumer logs that Redis is away.
            tracing::debug!(%error, "could not end overdue searches");
        }
    }
}
