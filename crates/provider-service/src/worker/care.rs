//! Keeps the queue in order: removes dead workers' names, trims the result log, and says which suppliers are asked here.

use std::{sync::Arc, time::Duration};

use broker::{BrokerError, Trimmer};
use tokio::time::MissedTickBehavior;

use super::Context;

/// The longest pause between two rounds.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// For how long what is said about suppliers holds: some rounds, so that one missed does no harm.
const LISTING_HOLDS: Duration = Duration::from_secs(30);
/// A consumer that holds nothing and was silent for this many leases, but at least [`SHORTEST_SILENCE`], is dead.
const SILENT_LEASES: u32 = 4;
/// Every round is a sign of life.
const SHORTEST_SILENCE: Duration = Duration::from_secs(5);

/// Runs until the last job has ended.
pub(super) async fn run(context: Arc<Context>) {
    let lease = context.config.job_lease_ms;
    let mut rounds = tokio::time::interval((lease / 3).min(LONGEST_PAUSE));
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut trimmer = Trimmer::new(context.broker.clone());
    while context.idle.run_until_cancelled(rounds.tick()).await.is_some() {
        // Before the first worker has read, there is no group. The consumer tells of Redis being away.
        let round = round(&context, &mut trimmer, lease);
        if let Some(Err(error)) = context.idle.run_until_cancelled(round).await {
            tracing::debug!(%error, "a round of care has failed");
        }
    }
}

/// What Redis refuses when it is full comes last.
async fn round(context: &Context, trimmer: &mut Trimmer, lease: Duration) -> Result<(), BrokerError> {
    tried("trimming the result log", trimmer.trim().await)?;
    tried("removing dead workers", sweep(context, lease).await)?;
    let listing = context.suppliers.listing();
    tried("announcing suppliers", context.broker.announce_suppliers(&listing, LISTING_HOLDS).await)
}

/// A step that has failed by itself does not keep the others from being tried; where Redis is away, they would all
/// fail.
fn tried(what: &'static str, done: Result<(), BrokerError>) -> Result<(), BrokerError> {
    match done {
        Err(error @ (BrokerError::Unavailable(_) | BrokerError::TimedOut)) => Err(error),
        Err(error) => {
            tracing::debug!(%error, what, "a step of care has failed");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn sweep(context: &Context, lease: Duration) -> Result<(), BrokerError> {
    for consumer in context.leases.sweep((lease * SILENT_LEASES).max(SHORTEST_SILENCE)).await? {
        tracing::info!(consumer, "removed a dead worker from the group");
    }
    Ok(())
}
