//! Metrics of the streams.

#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "a test fails by a panic, and counts are exact")]

use std::time::Duration;

use broker::{
    Broker, Retention, Tail,
    jobs::{Consumer, Leases},
};
use contracts::names::{REQUESTED_STREAM, RESULTS_STREAM};
use prometheus_client::{encoding::text::encode, registry::Registry};
use test_kit::Redis;

const BLOCK: Duration = Duration::from_millis(10);

struct Stage {
    redis: Redis,
    broker: Broker,
    registry: Registry,
}

impl Stage {
    async fn new() -> Self {
        let redis = Redis::volatile().await;
        let hour = Duration::from_hours(1);
        let retention = Retention { record: hour, result_log: hour };
        let broker = Broker::new(&redis.addr().parse().unwrap(), retention, Duration::from_secs(10)).unwrap();
        let mut registry = Registry::default();
        broker.register_queue_and_log_metrics(&mut registry);
        Self { redis, broker, registry }
    }

    /// The value of a gauge after the queue and the log are measured again.
    async fn observe(&self, name: &str) -> f64 {
        self.broker.measure_queue_and_log().await.unwrap();
        let mut text = String::new();
        encode(&mut text, &self.registry).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or_else(|| panic!("{name} in {text}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_jobs_are_counted_and_the_oldest_has_an_age() {
    let stage = Stage::new().await;
    assert_eq!(stage.observe("jobs_waiting").await, 0.0);
    assert_eq!(stage.observe("oldest_waiting_job_age_seconds").await, 0.0);
    // Both are a minute old.
    let [seconds, _]: [u64; 2] = stage.redis.run("TIME").await;
    for sequence in 1..=2 {
        let id = format!("{}000-{sequence}", seconds - 60);
        let _: String = stage.redis.run(&format!("XADD {REQUESTED_STREAM} {id} search_id s")).await;
    }
    stage.redis.add(REQUESTED_STREAM, &[("search_id", "s")]).await;
    assert_eq!(stage.observe("jobs_waiting").await, 3.0);
    let age = stage.observe("oldest_waiting_job_age_seconds").await;
    assert!((59.0..70.0).contains(&age), "{age}");

    // When a worker has the old ones, only the new one waits.
    let mut consumer = Consumer::new(&Leases::new(stage.broker.clone(), "host-1-00c0ffee".into()));
    let mut delivered = 0;
    while delivered < 2 {
        delivered += consumer.read(2, BLOCK).await.unwrap_or_default().len();
    }
    assert_eq!(stage.observe("jobs_waiting").await, 1.0);
    assert_eq!(stage.observe("jobs_delivered").await, 2.0);
    let age = stage.observe("oldest_waiting_job_age_seconds").await;
    assert!(age < 10.0, "{age}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_lags_by_the_entries_it_has_not_read() {
    let stage = Stage::new().await;
    stage.redis.add(RESULTS_STREAM, &[("search_id", "before")]).await;
    let mut tail = Tail::new(stage.broker.clone(), RESULTS_STREAM, BLOCK);
    assert!(tail.read().await.unwrap().connected);
    assert_eq!(stage.observe("result_tail_lag_entries").await, 0.0);
    for _ in 0..3 {
        stage.redis.add(RESULTS_STREAM, &[("search_id", "s")]).await;
    }
    assert_eq!(stage.observe("result_tail_lag_entries").await, 3.0);
    while stage.observe("result_tail_lag_entries").await > 0.0 {
        for entry in tail.read().await.unwrap().entries {
            tail.advance(entry.id);
        }
    }
    assert_eq!(stage.observe("result_tail_lag_seconds").await, 0.0);
}
