use std::{fmt::Write, time::Duration};

use contracts::names::RESULTS_STREAM;
use test_kit::Service;
use tokio::time::sleep;

use super::shared::{as_f64, suppliers};
use crate::{
    report::Metric,
    stage::{Stage, until},
};

/// The latency of suppliers that don't answer: longer than the scenario.
const LATENCY_MS: u64 = 600_000;
/// How long it takes until each job has asked its suppliers.
const QUIET: Duration = Duration::from_secs(2);
/// How long it takes until the allocator has returned the memory that was only needed to receive answers; it waits for
/// ten seconds.
const SETTLED: Duration = Duration::from_secs(30);

pub(super) async fn run(stage: &Stage, count: usize) -> Vec<(Metric, f64)> {
    stage.clear().await;
    let mut worker = stage.worker(count, LATENCY_MS).await;
    stage.submit(count, &suppliers()).await;
    stage.until_in_progress(count as u64).await;
    sleep(QUIET).await;
    let unanswered = memory_mib(&worker);
    worker.kill().await;

    stage.clear().await;
    let mut worker = stage.worker_with_suppliers(count, &all_but_one_answer()).await;
    stage.submit(count, &suppliers()).await;
    let answers = count * (suppliers().len() - 1);
    until("all but one supplier have answered each", async || {
        stage.ask::<usize>("XLEN", &[RESULTS_STREAM]).await == answers
    })
    .await;
    sleep(SETTLED).await;
    let nearly_done = memory_mib(&worker);
    worker.kill().await;
    vec![(Metric::InProgress, unanswered), (Metric::InProgressAnswered, nearly_done)]
}

fn memory_mib(worker: &Service) -> f64 {
    as_f64(usize::try_from(worker.memory_kib()).expect("KiB")) / 1024.0
}

/// A suppliers file in which only the last supplier does not answer.
fn all_but_one_answer() -> String {
    let mut file = format!("[defaults]\ntimeout_ms = {LATENCY_MS}\nretries = 0\nconcurrency = 0\n");
    let suppliers = suppliers();
    for (nth, code) in suppliers.iter().enumerate() {
        let median = if nth + 1 == suppliers.len() { LATENCY_MS } else { 1 };
        let p99 = median + 1;
        // Writing to a String can't fail.
        let _ = write!(
            file,
            r#"
[[supplier]]
code = "{code}"
name = "{code}"
kind = "simulated"
latency = {{ median_ms = {median}, p99_ms = {p99} }}
price_level = 1.0
home = "ID"
hubs = ["CGK"]
stations = ["DPS"]
range_km = 5000
"#
        );
    }
    file
}
