//! Looks at Redis ten times a second, so that requests need not: whether it answers and takes writes, how long the
//! backlog is, and which suppliers the workers ask; and once a second whether there are workers. It makes the shared
//! connection come back soon after Redis does. Now and then it has jobs removed that the replaced worker has done and left.

use std::{sync::Arc, time::Duration};

use broker::BrokerError;
use service::AlertLog;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Short, because the backlog that POSTs are refused by is as old as this.
const INTERVAL: Duration = Duration::from_millis(100);
/// How many looks there are between two times that jobs are removed which the replaced worker has left.
const SHED_EVERY: u64 = 100;
/// How many looks there are between two times that workers are counted.
const COUNT_EVERY: u64 = 10;

pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failures = 0_u32;
    let mut looks = 0_u64;
    let mut alerts = AlertLog::default();
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        looks += 1;
        if looks.is_multiple_of(SHED_EVERY) {
            shed(&app).await;
        }
        let counts = looks.is_multiple_of(COUNT_EVERY);
        let looked = look(&app, counts).await;
        if counts {
            alerts.update(&app.health.fitness.overload());
        }
        match looked {
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

/// A failure is no trouble: the next time does.
async fn shed(app: &App) {
    match app.broker.shed_done_jobs().await {
        Ok(0) => {}
        Ok(jobs) => tracing::debug!(jobs, "removed jobs that were done"),
        Err(error) => tracing::debug!(%error, "jobs that were done could not be removed"),
    }
}

async fn look(app: &App, counts: bool) -> Result<(), BrokerError> {
    let broker = &app.broker;
    let asked = app.backlog.asked();
    let (backlog, suppliers, clock) = tokio::join!(broker.backlog(), broker.suppliers(), broker.sync_clock());
    let backlog = backlog?;
    clock?;
    app.health.redis_answered();
    app.backlog.counted(backlog.waiting, asked);
    if counts {
        let workers = broker.workers().await?;
        app.health.fitness.counted(workers, backlog.waiting, app.config.most_waiting());
    }
    app.suppliers.set(suppliers?);
    Ok(())
}
