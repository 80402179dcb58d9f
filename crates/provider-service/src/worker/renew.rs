//! Renews the leases of jobs in progress.
//!
//! This task does nothing else: on a slow link, any other request between two renewals could cost a lease.

use std::{sync::Arc, time::Duration};

use broker::BrokerError;
use tokio::time::MissedTickBehavior;

use super::{context::Context, in_progress::StopReason};

/// The longest pause between two renewals.
const MAX_INTERVAL: Duration = Duration::from_secs(5);

/// Runs until the last job has ended, also during shutdown.
pub(super) async fn run(context: Arc<Context>) {
    let mut ticks = tokio::time::interval((context.config.job_lease_ms / 3).min(MAX_INTERVAL));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while context.idle.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Some(Err(error)) = context.idle.run_until_cancelled(renew(&context)).await {
            // The consumer logs that Redis is away.
            tracing::debug!(%error, "could not renew leases");
        }
    }
}

async fn renew(context: &Context) -> Result<(), BrokerError> {
    let entries = context.in_progress.entries();
    if entries.is_empty() {
        return Ok(());
    }
    for entry in context.leases.renew(&entries).await? {
        tracing::warn!(%entry, "another worker has taken over a job that is in progress here");
        context.metrics.lease_lost();
        context.in_progress.stop(entry, StopReason::TakenOver);
    }
    Ok(())
}
