use std::time::Duration;

use tokio::time::sleep;

use super::suppliers;
use crate::{report::Metric, stage::Stage};

/// Longer than the scenario takes.
const LATENCY_MS: u64 = 600_000;
/// Until every job in hand has asked its suppliers.
const QUIET: Duration = Duration::from_secs(2);

pub(super) async fn run(stage: &Stage, count: usize) -> Vec<(Metric, f64)> {
    stage.clear().await;
    let worker = stage.worker(count, LATENCY_MS).await;
    stage.submit(count, &suppliers()).await;
    stage.until_in_hand(count as u64).await;
    sleep(QUIET).await;
    let memory = worker.memory_kib();
    worker.stop().await;
    vec![(Metric::InHand, f64::from(u32::try_from(memory).expect("KiB")) / 1024.0)]
}
