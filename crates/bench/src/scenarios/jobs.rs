use contracts::SearchStatus;

use super::shared::{each_us, suppliers};
use crate::{report::Metric, stage::Stage};

/// The default of `MAX_CONCURRENCY`.
const CONCURRENCY: usize = 1000;

pub(super) async fn run(stage: &Stage, count: usize) -> Vec<(Metric, f64)> {
    stage.clear().await;
    let mut worker = stage.worker(CONCURRENCY, 0).await;
    stage.submit(count / 10, &suppliers()).await;
    stage.until_jobs_are(0).await;
    worker.kill().await;

    // The jobs are submitted before the worker starts, so that Redis' CPU time does not include the submits.
    let searches = stage.submit(count, &suppliers()).await;
    let redis_before = stage.redis.server().cpu();
    let mut worker = stage.worker(CONCURRENCY, 0).await;
    stage.until_jobs_are(0).await;
    let (spent, redis_after) = (worker.cpu(), stage.redis.server().cpu());
    worker.kill().await;
    for id in searches.iter().step_by(1000) {
        let record = stage.broker.read(*id).await.expect("Redis answers").expect("a record");
        assert_eq!(record.status(), SearchStatus::Completed, "a search did not complete");
    }
    vec![
        (Metric::JobWorkerCpu, each_us(spent, count)),
        (Metric::JobRedisCpu, each_us(redis_after.saturating_sub(redis_before), count)),
    ]
}
