use std::time::Duration;

use test_kit::Collector;

use super::{
    shared::{each_us, suppliers},
    submit::load,
};
use crate::{
    report::{Metric, Side},
    stage::{Kind, SEARCH, Stage},
};

/// How many clients submit at once.
const CONNECTIONS: usize = 64;
/// The default of `MAX_CONCURRENCY`.
const CONCURRENCY: usize = 1000;
/// How long the last spans take to be sent, and more.
const SENDING: Duration = Duration::from_secs(1);

/// Submits and jobs, without tracing and with some of the searches traced. What it costs without is the floor.
pub(super) async fn run(stage: &mut Stage, submits: usize, jobs: usize) -> Vec<(Metric, Side, f64)> {
    let collector = Collector::discarding().await;
    let mut figures = Vec::new();
    for share in [None, Some("0.01"), Some("1")] {
        stage.further = share.map_or_else(Vec::new, |share| {
            vec![
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
                ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio".into()),
                ("OTEL_TRACES_SAMPLER_ARG", share.into()),
                // All spans are sent, as many as there are, and soon.
                ("OTEL_BSP_MAX_QUEUE_SIZE", "1000000".into()),
                ("OTEL_BSP_SCHEDULE_DELAY", "100".into()),
            ]
        });
        let (submit, job) = (submit(stage, submits).await, job(stage, jobs).await);
        let (few, all) = (Metric::SubmitTracedFew, Metric::SubmitTracedAll);
        let (few_jobs, all_jobs) = (Metric::JobTracedFew, Metric::JobTracedAll);
        match share {
            None => {
                figures.extend([few, all].map(|metric| (metric, Side::Floor, submit)));
                figures.extend([few_jobs, all_jobs].map(|metric| (metric, Side::Floor, job)));
            }
            Some("1") => figures.extend([(all, Side::Product, submit), (all_jobs, Side::Product, job)]),
            Some(_) => figures.extend([(few, Side::Product, submit), (few_jobs, Side::Product, job)]),
        }
    }
    stage.further.clear();
    figures
}

async fn submit(stage: &Stage, count: usize) -> f64 {
    stage.clear().await;
    let mut gateway = stage.gateway(Kind::Product).await;
    load(gateway.port, CONNECTIONS, count / 10, SEARCH).await;
    tokio::time::sleep(SENDING).await;
    let before = gateway.service.cpu();
    load(gateway.port, CONNECTIONS, count, SEARCH).await;
    tokio::time::sleep(SENDING).await;
    let spent = gateway.service.cpu().saturating_sub(before);
    gateway.service.kill().await;
    each_us(spent, count)
}

async fn job(stage: &Stage, count: usize) -> f64 {
    stage.clear().await;
    let mut worker = stage.worker(CONCURRENCY, 0).await;
    stage.submit(count / 10, &suppliers()).await;
    stage.until_jobs_are(0).await;
    tokio::time::sleep(SENDING).await;
    let before = worker.cpu();
    stage.submit(count, &suppliers()).await;
    stage.until_jobs_are(0).await;
    tokio::time::sleep(SENDING).await;
    let spent = worker.cpu().saturating_sub(before);
    worker.kill().await;
    each_us(spent, count)
}
