use std::{sync::Arc, time::Duration};

use broker::{
    Backoff, BrokerError,
    jobs::{Consumer, Delivery},
};
use futures_util::FutureExt;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    context::Context,
    in_progress::StopReason,
    process::{self, StartedJob},
    take_over::TakeOver,
};

/// How many jobs are read at once.
const BATCH: usize = 256;
/// How long a read waits for jobs. It also delays shutdown and taking over.
const BLOCK: Duration = Duration::from_millis(500);
/// A worker that stops waits no longer than this for its status report to be removed.
const WITHDRAW_TIMEOUT: Duration = Duration::from_millis(500);

/// Reads jobs and starts a task for each, until shutdown. Then finishes the jobs in progress or hands them back.
pub(super) async fn run(context: Arc<Context>, consumer: Consumer, stop: CancellationToken) {
    // The grace period starts with the signal, not when the last read returns.
    let stopped_at = stop.cancelled().map(|()| Instant::now());
    let ((), stopped_at) = tokio::join!(read(&context, consumer, &stop), stopped_at);
    drain(&context, stopped_at).await;
}

async fn read(context: &Arc<Context>, mut consumer: Consumer, stop: &CancellationToken) {
    let block = BLOCK.min(context.config.common.shutdown_grace_ms / 4);
    let mut backoff = Backoff::default();
    let mut take_over = TakeOver::new(context.config.job_lease_ms);
    // Otherwise a worker that starts with many jobs waiting stores its first answers as JSON: they keep the connection
    // busy that upkeep needs to find the encoding.
    stop.run_until_cancelled(context.encoding_checked.cancelled()).await;
    while let Some(permits) = stop.run_until_cancelled(permits(context)).await {
        // Not cancelled on shutdown: jobs that Redis has just delivered would wait for their lease to run out.
        match next(context, &mut take_over, &mut consumer, permits.num_permits(), block).await {
            Ok(deliveries) => {
                take_over.on_reply();
                if consumer.reads() {
                    context.health.set_reads_jobs(true);
                }
                if backoff.attempts() > 0 && consumer.reads() {
                    tracing::info!("the worker reads jobs again");
                    backoff.reset();
                }
                start(context, deliveries, permits);
            }
            Err(error) => {
                if backoff.should_log() {
                    tracing::warn!(%error, "the worker waits for Redis");
                }
                take_over.on_error();
                context.health.set_reads_jobs(false);
                stop.run_until_cancelled(backoff.pause()).await;
            }
        }
    }
}

/// Returns up to `max` jobs: those of dead workers first, then new ones.
async fn next(
    context: &Context,
    take_over: &mut TakeOver,
    consumer: &mut Consumer,
    max: usize,
    block: Duration,
) -> Result<Vec<Delivery>, BrokerError> {
    let jobs = take_over.when_due(context, max).await?;
    if jobs.is_empty() { consumer.read(max, block).await } else { Ok(jobs) }
}

/// Waits for a permit, and takes as many as are free, up to a batch.
async fn permits(context: &Context) -> OwnedSemaphorePermit {
    loop {
        let count = context.permits.available_permits().clamp(1, BATCH);
        let count = u32::try_from(count).unwrap_or(1);
        if let Ok(permits) = Arc::clone(&context.permits).acquire_many_owned(count).await {
            return permits;
        }
    }
}

/// Starts a task for each job. The task holds a permit until the job is done.
fn start(context: &Arc<Context>, deliveries: Vec<Delivery>, mut permits: OwnedSemaphorePermit) {
    for delivery in deliveries {
        let Some(permit) = permits.split(1) else {
            // Redis returned more jobs than we asked for. Another worker gets this one when its lease runs out.
            tracing::warn!(entry = %delivery.entry, "no permit for a job");
            continue;
        };
        // Not in the task: until it runs, this worker might take the job over from itself, which counts as a delivery.
        let Some(job) = StartedJob::new(context, delivery) else { continue };
        let context = Arc::clone(context);
        context.jobs.clone().spawn(async move {
            process::run(&context, job).await;
            drop(permit);
        });
    }
}

/// Waits for the jobs in progress, hands back those that take too long, and leaves the group.
async fn drain(context: &Context, stopped_at: Instant) {
    let drain_timeout = context.config.common.drain_timeout();
    context.jobs.close();
    if timeout_at(stopped_at + drain_timeout, context.jobs.wait()).await.is_err() {
        let jobs = context.in_progress.stop_all(StopReason::Shutdown);
        tracing::info!(jobs, "handing back jobs that did not finish in time");
        context.jobs.wait().await;
    }
    context.idle.cancel();
    // Or a round of upkeep in flight might write again what is removed here.
    context.upkeep_ended.cancelled().await;
    // Not retried: if it fails, another worker removes this consumer later.
    let (left, ()) = tokio::join!(context.leases.leave(), withdraw(context));
    match left {
        Ok(true) => tracing::info!("left the group"),
        Ok(false) => tracing::warn!("a job is still pending; another worker will take it over"),
        Err(error) => tracing::warn!(%error, "could not leave the group"),
    }
}

/// Removes what operators see of this worker. If it fails, it expires.
async fn withdraw(context: &Context) {
    let names = [context.leases.name().to_owned()];
    let withdrawn = timeout(WITHDRAW_TIMEOUT, context.broker.withdraw_workers(&names)).await;
    if !matches!(withdrawn, Ok(Ok(()))) {
        tracing::debug!("could not remove the worker's status report");
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use contracts::entry::Fields;
    use traces::Tracer;

    use super::*;
    use crate::{Config, health::Health};

    /// A worker whose Redis does not answer.
    fn context() -> Arc<Context> {
        let config = Config::parse_from(["provider-service", "--redis-addr", "127.0.0.1:1"]);
        let broker = config.common.broker().unwrap();
        let suppliers = crate::registry(&config, &|_| None).unwrap();
        let health = Health::new(CancellationToken::new(), Duration::from_secs(1));
        Arc::new(Context::new(config, broker, suppliers, None, health, Tracer::default()))
    }

    #[tokio::test]
    async fn a_job_is_in_progress_before_its_task_runs() {
        let context = context();
        let entry = "5-0".parse().unwrap();
        let delivery = Delivery { entry, fields: Fields::default(), deliveries: 1 };
        let deliveries = vec![delivery.clone(), delivery];
        // The test's only thread is here, so no task runs.
        start(&context, deliveries, permits(&context).await);
        assert_eq!(context.in_progress.entries(), [entry]);
        assert_eq!(context.jobs.len(), 1, "it was started once");
    }
}
