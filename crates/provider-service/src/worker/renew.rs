//! Renews the leases of the jobs in hand, and nothing else: whatever else were done between two renewals would cost
//! leases on a slow link.

use std::{sync::Arc, time::Duration};

use broker::BrokerError;
use tokio::time::MissedTickBehavior;

use super::{Context, in_hand::Stop};

/// The longest pause between two renewals.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs until the last job has ended, so that no lease runs out while the worker stops.
pub(super) async fn run(context: Arc<Context>) {
    let mut ticks = tokio::time::interval((context.config.job_lease_ms / 3).min(LONGEST_PAUSE));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while context.idle.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Some(Err(error)) = context.idle.run_until_cancelled(renew(&context)).await {
            // The consumer tells of Redis being away.
            tracing::debug!(%error, "leases could not be renewed");
        }
    }
}

async fn renew(context: &Context) -> Result<(), BrokerError> {
    let in_hand = context.in_hand.entries();
    if in_hand.is_empty() {
        return Ok(());
    }
    for entry in context.leases.renew(&in_hand).await? {
        tracing::warn!(%entry, "another worker has taken over a job that was in hand here");
        context.in_hand.stop(entry, Stop::Lost);
    }
    Ok(())
}
