use std::{sync::Arc, time::Duration};

use broker::{
    Backoff, BrokerError,
    jobs::{Consumer, Delivery},
};
use futures_util::FutureExt;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{Context, in_hand::Stop, process, take_over::TakeOver};

/// How many jobs are read at once.
const BATCH: usize = 256;
/// How long a read waits for jobs; also how late it may be noticed that it is time to stop, or to take jobs over.
const BLOCK: Duration = Duration::from_millis(500);
/// The share of the grace period for work in hand to end by itself; the rest is for handing back what has not.
const PATIENCE: f64 = 0.8;

/// Reads jobs and starts work on them, until it is time to stop; then sees to it that nothing stays in hand.
pub(super) async fn run(context: Arc<Context>, consumer: Consumer, stop: CancellationToken) {
    // The grace period begins when it is time to stop, not when the last read has returned.
    let stopping = stop.cancelled().map(|()| Instant::now());
    let ((), since) = tokio::join!(read(&context, consumer, &stop), stopping);
    drain(&context, since).await;
}

async fn read(context: &Arc<Context>, mut consumer: Consumer, stop: &CancellationToken) {
    let block = BLOCK.min(context.config.common.shutdown_grace_ms / 4);
    let mut backoff = Backoff::default();
    let mut take_over = TakeOver::new(context.config.job_lease_ms);
    while let Some(permits) = stop.run_until_cancelled(permits(context)).await {
        // Not dropped when it is time to stop: what Redis has delivered by then would stay behind.
        match next(context, &mut take_over, &mut consumer, permits.num_permits(), block).await {
            Ok(deliveries) => {
                take_over.on_answer();
                if backoff.attempts() > 0 && consumer.reads() {
                    tracing::info!("the worker reads jobs again");
                    backoff.reset();
                }
                start(context, deliveries, permits);
            }
            Err(error) => {
                if backoff.attempts().is_multiple_of(20) {
                    tracing::warn!(%error, "the worker waits for Redis");
                }
                take_over.on_error();
                stop.run_until_cancelled(backoff.pause()).await;
            }
        }
    }
}

/// The next jobs, `room` at most: those of dead workers first, then new ones.
async fn next(
    context: &Context,
    take_over: &mut TakeOver,
    consumer: &mut Consumer,
    room: usize,
    block: Duration,
) -> Result<Vec<Delivery>, BrokerError> {
    let taken = take_over.when_due(context, room).await?;
    if taken.is_empty() { consumer.read(room, block).await } else { Ok(taken) }
}

/// Permits for as many jobs as there is room for, at least one.
async fn permits(context: &Context) -> OwnedSemaphorePermit {
    loop {
        let room = context.permits.available_permits().clamp(1, BATCH);
        let room = u32::try_from(room).unwrap_or(1);
        if let Ok(permits) = Arc::clone(&context.permits).acquire_many_owned(room).await {
            return permits;
        }
    }
}

/// Starts a task for each job, with a permit that it keeps until its end.
fn start(context: &Arc<Context>, deliveries: Vec<Delivery>, mut permits: OwnedSemaphorePermit) {
    for delivery in deliveries {
        let Some(permit) = permits.split(1) else {
            // Redis gave more than was asked for; the lease brings it back.
            tracing::warn!(entry = %delivery.entry, "no room for a job");
            continue;
        };
        let context = Arc::clone(context);
        context.jobs.clone().spawn(async move {
            process::run(&context, delivery).await;
            drop(permit);
        });
    }
}

/// Lets what is in hand end, hands back what has not by then, and leaves the group.
async fn drain(context: &Context, since: Instant) {
    let grace = context.config.common.shutdown_grace_ms;
    context.jobs.close();
    if timeout_at(since + grace.mul_f64(PATIENCE), context.jobs.wait()).await.is_err() {
        let jobs = context.in_hand.stop_all(Stop::HandBack);
        tracing::info!(jobs, "handing back what has not ended in time");
        context.jobs.wait().await;
    }
    context.idle.cancel();
    // Not kept at: a name that stays behind holds nothing, and other workers sweep it away.
    match context.leases.leave().await {
        Ok(true) => tracing::info!("left the group"),
        Ok(false) => tracing::warn!("something is still pending; another worker will take it over"),
        Err(error) => tracing::warn!(%error, "could not leave the group"),
    }
}
