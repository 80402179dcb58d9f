//! Periodic upkeep: trims the result log, removes dead consumers from the group, publishes this worker's suppliers and
//! status report, and looks which gateways run.

use std::{sync::Arc, time::Duration};

use broker::{BrokerError, Trimmer};
use tokio::time::{MissedTickBehavior, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{context::Context, snapshot::Snapshots};

/// The longest pause between two rounds.
const MAX_INTERVAL: Duration = Duration::from_secs(5);
/// How long a published list of suppliers is valid: several rounds, so that a failed one does no harm.
const LISTING_TTL: Duration = Duration::from_secs(30);
/// A consumer without jobs is dead after this many leases without a sign of life, and never before [`MIN_SILENCE`].
const SILENT_LEASES: u32 = 4;
/// Every worker gives a sign of life in each round.
const MIN_SILENCE: Duration = Duration::from_secs(5);

/// The pause between two status reports, and between two looks at which gateways run, at least.
const PRESENCE_INTERVAL: Duration = Duration::from_secs(5);
/// How long both may wait for their turn on the connection for large requests, and for Redis.
const PRESENCE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long requests in flight may still take after the last job has ended. The worker leaves the group after them.
const LAST_TIMEOUT: Duration = Duration::from_millis(300);
/// At most this part of the grace period, of which jobs have four fifths: 20 stands for a twentieth.
const LAST_PART: u32 = 20;

/// Runs until the last job has ended.
pub(super) async fn run(context: Arc<Context>) {
    let _ended = context.upkeep_ended.clone().drop_guard();
    // Side by side: the second may wait for large requests, and must not delay a round.
    tokio::join!(rounds(&context), presence(&context));
}

async fn rounds(context: &Context) {
    let lease = context.config.job_lease_ms;
    let mut ticks = tokio::time::interval((lease / 3).min(MAX_INTERVAL));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut trimmer = Trimmer::new(context.broker.clone());
    while context.idle.run_until_cancelled(ticks.tick()).await.is_some() {
        let round = round(context, &mut trimmer, lease);
        if let Some(Err(error)) = complete(context, round).await {
            // The consumer logs that Redis is away. Until it has read for the first time, there is no group.
            tracing::debug!(%error, "upkeep failed");
        }
    }
}

/// Publishes what this worker does, and looks what the gateways that run can read.
async fn presence(context: &Context) {
    let mut ticks = tokio::time::interval(PRESENCE_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut snapshots = Snapshots::default();
    while context.idle.run_until_cancelled(ticks.tick()).await.is_some() {
        let steps = async {
            let published = publish_snapshot(context, &mut snapshots).await;
            continue_unless_away("publish the status report", published)?;
            if context.config.common.compress_offers {
                context.broker.choose_encoding().await?;
            }
            Ok::<_, BrokerError>(())
        };
        match complete(context, timeout(PRESENCE_TIMEOUT, steps)).await {
            Some(Ok(Err(error))) => tracing::debug!(%error, "could not exchange who runs"),
            Some(Err(_)) => tracing::debug!("exchanging who runs took too long"),
            Some(Ok(Ok(()))) | None => {}
        }
        context.encoding_checked.cancel();
    }
}

/// Completes what was begun before the last job ended, unless it takes too long: it may have reached Redis already.
async fn complete<T>(context: &Context, steps: impl Future<Output = T>) -> Option<T> {
    let last = LAST_TIMEOUT.min(context.config.common.shutdown_grace_ms / LAST_PART);
    until_idle(&context.idle, last, steps).await
}

/// Waits for `steps`; after the last job has ended, for at most `last`.
async fn until_idle<T>(
    idle: &CancellationToken,
    last: Duration,
    steps: impl Future<Output = T>,
) -> Option<T> {
    let too_late = async {
        idle.cancelled().await;
        sleep(last).await;
    };
    tokio::select! {
        done = steps => Some(done),
        () = too_late => None,
    }
}

async fn round(context: &Context, trimmer: &mut Trimmer, lease: Duration) -> Result<(), BrokerError> {
    continue_unless_away("trim the result log", trimmer.trim().await)?;
    continue_unless_away("remove dead consumers", remove_dead_consumers(context, lease).await)?;
    // Last, because a full Redis refuses it.
    let listing = context.suppliers.listing();
    let announced = context.broker.announce_suppliers(&listing, LISTING_TTL).await;
    continue_unless_away("publish suppliers", announced)
}

/// Logs a failed step, so that the next steps run. Returns the error if they would fail too: Redis is away.
fn continue_unless_away(step: &'static str, result: Result<(), BrokerError>) -> Result<(), BrokerError> {
    match result {
        Err(error @ (BrokerError::Unavailable(_) | BrokerError::TimedOut)) => Err(error),
        Err(error) => {
            tracing::debug!(%error, step, "a step of upkeep failed");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn remove_dead_consumers(context: &Context, lease: Duration) -> Result<(), BrokerError> {
    let dead = context.leases.sweep((lease * SILENT_LEASES).max(MIN_SILENCE)).await?;
    for consumer in &dead {
        tracing::info!(consumer, "removed a dead worker from the group");
    }
    context.broker.withdraw_workers(&dead).await
}

async fn publish_snapshot(context: &Context, snapshots: &mut Snapshots) -> Result<(), BrokerError> {
    let now = context.broker.now().await?;
    let (suppliers, jobs) = (&context.suppliers, &context.in_progress);
    let snapshot = snapshots.take(suppliers, jobs, context.config.max_concurrency, now);
    context.broker.publish_worker(context.leases.name(), &snapshot).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_in_flight_when_the_last_job_ends_is_completed_unless_it_takes_too_long() {
        let idle = CancellationToken::new();
        let last = Duration::from_millis(300);
        let steps = |time| until_idle(&idle, last, sleep(time));
        assert_eq!(steps(Duration::from_mins(1)).await, Some(()), "there is no limit before");
        idle.cancel();
        assert_eq!(steps(last / 2).await, Some(()));
        assert_eq!(steps(last * 2).await, None);
    }
}
