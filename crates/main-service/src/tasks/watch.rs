//! Checks Redis ten times a second, so that requests need not: whether it answers and accepts writes, how long the backlog
//! is, and which suppliers the workers ask. Once a second it also counts the workers. These checks restore the shared
//! connection soon after Redis is back. Every ten seconds it removes jobs that the replaced worker has finished.

use std::{sync::Arc, time::Duration};

use broker::BrokerError;
use service::AlertLog;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Short: POSTs are refused by the backlog of the last check.
const INTERVAL: Duration = Duration::from_millis(100);
/// Remove finished jobs of the replaced worker after this many checks.
const SHED_EVERY: u64 = 100;
/// Count the workers after this many checks.
const COUNT_EVERY: u64 = 10;

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failures = 0_u32;
    let mut checks = 0_u64;
    let mut alerts = AlertLog::default();
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        checks += 1;
        if checks.is_multiple_of(SHED_EVERY) {
            shed(&app).await;
        }
        let count_workers = checks.is_multiple_of(COUNT_EVERY);
        let checked = check(&app, count_workers).await;
        if count_workers {
            alerts.update(&app.health.fitness.overload());
        }
        match checked {
            Ok(()) if failures > 0 => {
                tracing::info!("Redis answers again");
                failures = 0;
            }
            Ok(()) => {}
            Err(error) => {
                app.health.redis_failed(&error);
                if failures.is_multiple_of(100) {
                    tracing::warn!(%error, "waiting for Redis");
                }
                failures += 1;
            }
        }
    }
}

/// Removes finished jobs. After a failure, the next call removes them.
async fn shed(app: &App) {
    match app.broker.shed_done_jobs().await {
        Ok(0) => {}
        Ok(jobs) => tracing::debug!(jobs, "removed finished jobs"),
        Err(error) => tracing::debug!(%error, "could not remove finished jobs"),
    }
}

async fn check(app: &App, count_workers: bool) -> Result<(), BrokerError> {
    let broker = &app.broker;
    let submitted = app.backlog.submitted();
    let (jobs, suppliers, clock) = tokio::join!(broker.job_counts(), broker.suppliers(), broker.sync_clock());
    let jobs = jobs?;
    clock?;
    app.health.redis_answered();
    app.backlog.counted(jobs.waiting, submitted);
    if count_workers {
        let workers = broker.workers().await?;
        app.health.fitness.counted(workers, jobs.waiting, app.config.most_waiting());
    }
    app.suppliers.set(suppliers?);
    Ok(())
}
