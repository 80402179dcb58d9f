//! Keeps the queue in order: renews the leases of jobs in hand, takes over those of dead workers, removes dead
//! workers' names, trims the result log when nobody writes, and says which suppliers are asked here.

use std::{sync::Arc, time::Duration};

use broker::BrokerError;
use tokio::time::{Instant, MissedTickBehavior};

use super::{Context, consume, in_hand::Stop};

/// How many jobs are taken over at once.
const BATCH: usize = 100;
/// The longest pause between two rounds.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// For how long what is said about suppliers holds: some rounds, so that one missed does no harm.
const LISTING_HOLDS: Duration = Duration::from_secs(30);
/// A consumer that holds nothing and was silent for this many leases, but at least [`SHORTEST_SILENCE`], is dead.
const SILENT_LEASES: u32 = 4;
/// Every round is a sign of life.
const SHORTEST_SILENCE: Duration = Duration::from_secs(5);

/// Runs until the last job has ended, so that no lease runs out while the worker stops.
pub(super) async fn run(context: Arc<Context>) {
    let lease = context.config.job_lease_ms;
    let mut rounds = tokio::time::interval((lease / 3).min(LONGEST_PAUSE));
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Leases run on while Redis is away, but nobody can renew them: others get the time to do so first.
    let mut patient_until = Instant::now();
    while context.idle.run_until_cancelled(rounds.tick()).await.is_some() {
        let is_patient = Instant::now() < patient_until;
        // Before the first worker has read, there is no group. The consumer tells of Redis being away.
        if let Some(Err(error)) = context.idle.run_until_cancelled(round(&context, lease, is_patient)).await {
            tracing::debug!(%error, "a round of care has failed");
            patient_until = Instant::now() + lease;
        }
    }
}

/// What others depend on comes first, and what Redis refuses when it is full comes last.
async fn round(context: &Arc<Context>, lease: Duration, is_patient: bool) -> Result<(), BrokerError> {
    tried("renewing leases", renew(context).await)?;
    tried("trimming the result log", context.leases.trim_news().await)?;
    if !is_patient {
        tried("taking over jobs", take_over(context, lease).await)?;
    }
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

async fn sweep(context: &Context, lease: Duration) -> Result<(), BrokerError> {
    for consumer in context.leases.sweep((lease * SILENT_LEASES).max(SHORTEST_SILENCE)).await? {
        tracing::info!(consumer, "removed a dead worker from the group");
    }
    Ok(())
}

/// Takes over jobs whose lease has run out, as many as there is room for. Not while the worker stops.
async fn take_over(context: &Arc<Context>, lease: Duration) -> Result<(), BrokerError> {
    while !context.jobs.is_closed() {
        let room = u32::try_from(context.permits.available_permits().min(BATCH)).unwrap_or(0);
        let Ok(permits) = Arc::clone(&context.permits).try_acquire_many_owned(room) else { break };
        let taken = context
            .leases
            .take_over(lease, permits.num_permits(), |entry| context.in_hand.has(entry))
            .await?;
        if taken.is_empty() {
            break;
        }
        tracing::info!(jobs = taken.len(), "took over jobs of a dead worker");
        consume::start(context, taken, permits);
    }
    Ok(())
}
