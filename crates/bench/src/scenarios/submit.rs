use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{task::JoinSet, time::Instant};

use super::shared::each_us;
use crate::{
    client::Client,
    report::{Metric, percentile},
    stage::{Kind, SEARCH, Stage},
};

/// How many clients submit at once.
const CONNECTIONS: usize = 64;

pub(super) async fn run(stage: &Stage, kind: Kind, count: usize) -> Vec<(Metric, f64)> {
    stage.clear().await;
    let mut gateway = stage.gateway(kind).await;
    // A warm-up: one-time costs are not part of a submit.
    load(gateway.port, CONNECTIONS, count / 10, SEARCH).await;
    let (before, redis_before) = (gateway.service.cpu(), stage.redis.server().cpu());
    let took = load(gateway.port, CONNECTIONS, count, SEARCH).await;
    let (after, redis_after) = (gateway.service.cpu(), stage.redis.server().cpu());
    gateway.service.kill().await;
    vec![
        (Metric::SubmitGatewayCpu, each_us(after.saturating_sub(before), count)),
        (Metric::SubmitRedisCpu, each_us(redis_after.saturating_sub(redis_before), count)),
        (Metric::SubmitP50, percentile(&took, 50).unwrap_or_default()),
        (Metric::SubmitP99, percentile(&took, 99).unwrap_or_default()),
    ]
}

/// Submits a search `count` times over `connections`, each of which waits for its response before the next submit.
/// Returns how many milliseconds each took.
pub(crate) async fn load(port: u16, connections: usize, count: usize, body: &str) -> Vec<f64> {
    let (left, body) = (Arc::new(AtomicUsize::new(count)), Arc::<str>::from(body));
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let (left, body) = (Arc::clone(&left), Arc::clone(&body));
        clients.spawn(async move {
            let mut client = Client::connect(port).await;
            let mut took = Vec::new();
            let decrement = |left: usize| left.checked_sub(1);
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, decrement).is_ok() {
                let start = Instant::now();
                client.submit(&body).await;
                took.push(start.elapsed().as_secs_f64() * 1e3);
            }
            took
        });
    }
    clients.join_all().await.concat()
}
