//! Audits Redis: reads the result log as it grows, and finds what is left after all searches have ended.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contracts::names::{CONSUMER_GROUP, DEAD_STREAM, RECORD_PREFIX, REQUESTED_STREAM, RESULTS_STREAM, field};
use redis::{
    AsyncCommands, AsyncConnectionConfig, RedisResult, aio::MultiplexedConnection, streams::StreamRangeReply,
};
use serde_json::Value;
use test_kit::wait::TIMEOUT;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{cluster::Cluster, history::End};

/// How often the result log is read; its entries are kept for much longer.
const INTERVAL: Duration = Duration::from_millis(100);
/// How often Redis is checked for leftovers.
const LEFTOVER_INTERVAL: Duration = Duration::from_millis(500);
/// How many entries are read at once.
const PAGE: usize = 200;

/// What the result log announced about one search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Announced {
    pub(crate) ends: Vec<AnnouncedEnd>,
    /// Whether a supplier's answer was announced more than once.
    pub(crate) answer_twice: bool,
    suppliers: HashSet<String>,
}

/// An announced end.
#[derive(Clone, Debug)]
pub(crate) struct AnnouncedEnd {
    pub(crate) end: End,
    /// A time at which it was not in the log yet.
    pub(crate) after: Instant,
    /// A time at which it was in the log.
    pub(crate) before: Instant,
}

/// What the result log announced, by search.
pub(crate) type ResultLog = HashMap<String, Announced>;

/// Reads the result log.
pub(crate) struct Auditor {
    task: JoinHandle<()>,
    log: Arc<Mutex<ResultLog>>,
}

impl Auditor {
    /// Starts reading.
    pub(crate) fn start(redis: String) -> Self {
        let log = Arc::default();
        Self { task: tokio::spawn(read_until_aborted(redis, Arc::clone(&log))), log }
    }

    /// Waits until these searches have ended, until `limit` at most, and returns all that was announced.
    pub(crate) async fn finish(self, searches: impl Iterator<Item = &str>, limit: Instant) -> ResultLog {
        let mut missing: Vec<_> = searches.collect();
        let start = Instant::now();
        // Reads the log at least once more.
        while start.elapsed() < INTERVAL * 5 || (!missing.is_empty() && Instant::now() < limit) {
            sleep(INTERVAL).await;
            let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
            missing.retain(|id| log.get(*id).is_none_or(|announced| announced.ends.is_empty()));
        }
        self.task.abort();
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn read_until_aborted(redis: String, log: Arc<Mutex<ResultLog>>) {
    let client = redis::Client::open(format!("redis://{redis}")).expect("an address");
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(3)));
    let (mut last, mut after) = ("0".to_owned(), Instant::now());
    loop {
        // Redis is down now and then.
        let started = Instant::now();
        if let Ok(Ok(mut connection)) =
            timeout(TIMEOUT, client.get_multiplexed_async_connection_with_config(&config)).await
            && read(&mut connection, &log, &mut last, after).await.is_ok()
        {
            after = started;
        }
        sleep(INTERVAL).await;
    }
}

async fn read(
    connection: &mut MultiplexedConnection,
    log: &Mutex<ResultLog>,
    last: &mut String,
    after: Instant,
) -> RedisResult<()> {
    loop {
        let page: StreamRangeReply =
            connection.xrange_count(RESULTS_STREAM, format!("({last}"), "+", PAGE).await?;
        if page.ids.is_empty() {
            return Ok(());
        }
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in page.ids {
            let json = |name| -> Value {
                serde_json::from_str(&entry.get::<String>(name).unwrap_or_default()).unwrap_or_default()
            };
            let announced = log.entry(entry.get(field::SEARCH_ID).unwrap_or_default()).or_default();
            if entry.contains_key(field::RESULTS) {
                let status: String = entry.get(field::STATUS).unwrap_or_default();
                let end = End::new(&status, &json(field::DETAILS)["suppliers"]);
                announced.ends.push(AnnouncedEnd { end, after, before: Instant::now() });
            } else {
                let code = json(field::SUPPLIER)["code"].to_string();
                announced.answer_twice |= !announced.suppliers.insert(code);
            }
            *last = entry.id;
        }
    }
}

/// What is left although all searches have ended. Waits until nothing is left, for as long as a clean-up may take.
pub(crate) async fn left_behind(cluster: &Cluster) -> Vec<String> {
    let start = Instant::now();
    loop {
        let left = leftovers(cluster).await;
        if left.is_empty() || start.elapsed() > TIMEOUT {
            return left;
        }
        sleep(LEFTOVER_INTERVAL).await;
    }
}

/// Jobs, consumers of dead workers, open searches, and records that never expire.
async fn leftovers(cluster: &Cluster) -> Vec<String> {
    let mut left = Vec::new();
    let redis = cluster.store.primary();
    let waiting: u64 = redis.run(&format!("XLEN {REQUESTED_STREAM}")).await;
    if waiting > 0 {
        left.push(format!("{waiting} jobs in the stream"));
    }
    let open: u64 = redis.run("ZCARD flight.search.open").await;
    if open > 0 {
        left.push(format!("{open} open searches"));
    }
    let mut connection = redis.connect().await;
    for key in redis.run::<Vec<String>>(&format!("KEYS {RECORD_PREFIX}*")).await {
        if redis::cmd("TTL").arg(&key).query_async(&mut connection).await == Ok(-1) {
            left.push(format!("{key} without an expiry"));
        }
    }
    let consumers: Vec<HashMap<String, redis::Value>> =
        redis.run(&format!("XINFO CONSUMERS {REQUESTED_STREAM} {CONSUMER_GROUP}")).await;
    let alive: Vec<_> = cluster.workers.iter().filter_map(|node| node.service.pid()).collect();
    for mut consumer in consumers {
        let mut take = |name| consumer.remove(name).unwrap_or(redis::Value::Nil);
        let name: String = redis::from_redis_value(take("name")).unwrap_or_default();
        let pending: u64 = redis::from_redis_value(take("pending")).unwrap_or_default();
        if pending > 0 {
            left.push(format!("{pending} jobs pending for {name}"));
        }
        if !alive.iter().any(|pid| name.contains(&format!("-{pid}-"))) {
            left.push(format!("dead worker {name} in the group"));
        }
    }
    left
}

/// The searches whose jobs are dead letters.
pub(crate) async fn dead_letters(cluster: &Cluster) -> HashSet<String> {
    let dead = cluster.store.primary().entries(DEAD_STREAM).await;
    dead.into_iter().filter_map(|mut entry| entry.remove(field::SEARCH_ID)).collect()
}
