//! What stands in Redis: the result log as it grows, and what is left when all has ended.

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
use test_kit::wait::PATIENCE;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{cluster::Cluster, history::End};

/// How often the result log is read. It keeps everything for longer.
const INTERVAL: Duration = Duration::from_millis(100);
/// How often is looked at what is left behind.
const LOOK: Duration = Duration::from_millis(500);
/// How many entries are read at once.
const PAGE: usize = 200;

/// What was announced of one search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Announced {
    /// The ends.
    pub(crate) ends: Vec<AnnouncedEnd>,
    /// Whether a supplier's answer was announced more than once.
    pub(crate) answer_twice: bool,
    suppliers: HashSet<String>,
}

/// An end as it was announced.
#[derive(Clone, Debug)]
pub(crate) struct AnnouncedEnd {
    pub(crate) end: End,
    /// It was not there yet then,
    pub(crate) after: Instant,
    /// and it was there then.
    pub(crate) before: Instant,
}

/// What was announced, by search.
pub(crate) type News = HashMap<String, Announced>;

/// Reads the result log.
pub(crate) struct Auditor {
    task: JoinHandle<()>,
    news: Arc<Mutex<News>>,
}

impl Auditor {
    /// Starts reading.
    pub(crate) fn start(redis: String) -> Self {
        let news = Arc::default();
        Self { task: tokio::spawn(read_on(redis, Arc::clone(&news))), news }
    }

    /// Waits until the ends of these searches are there, for a while at most, and gives all.
    pub(crate) async fn finish(self, searches: impl Iterator<Item = &str>, limit: Instant) -> News {
        let mut missing: Vec<_> = searches.collect();
        let start = Instant::now();
        // Once more in any case.
        while start.elapsed() < INTERVAL * 5 || (!missing.is_empty() && Instant::now() < limit) {
            sleep(INTERVAL).await;
            let news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
            missing.retain(|id| news.get(*id).is_none_or(|announced| announced.ends.is_empty()));
        }
        self.task.abort();
        self.news.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn read_on(redis: String, news: Arc<Mutex<News>>) {
    let client = redis::Client::open(format!("redis://{redis}")).expect("an address");
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(3)));
    let (mut last, mut after) = ("0".to_owned(), Instant::now());
    loop {
        // Redis is away now and then.
        let begins = Instant::now();
        if let Ok(Ok(mut connection)) =
            timeout(PATIENCE, client.get_multiplexed_async_connection_with_config(&config)).await
            && read(&mut connection, &news, &mut last, after).await.is_ok()
        {
            after = begins;
        }
        sleep(INTERVAL).await;
    }
}

async fn read(
    connection: &mut MultiplexedConnection,
    news: &Mutex<News>,
    last: &mut String,
    after: Instant,
) -> RedisResult<()> {
    loop {
        let page: StreamRangeReply =
            connection.xrange_count(RESULTS_STREAM, format!("({last}"), "+", PAGE).await?;
        if page.ids.is_empty() {
            return Ok(());
        }
        let mut news = news.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in page.ids {
            let json = |name| -> Value {
                serde_json::from_str(&entry.get::<String>(name).unwrap_or_default()).unwrap_or_default()
            };
            let announced = news.entry(entry.get(field::SEARCH_ID).unwrap_or_default()).or_default();
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

/// What is left although all searches have ended. Waits until nothing is, for as long as it may take to sweep. Tells
/// what is.
pub(crate) async fn left_behind(cluster: &Cluster) -> Vec<String> {
    let start = Instant::now();
    loop {
        let left = look(cluster).await;
        if left.is_empty() || start.elapsed() > PATIENCE {
            return left;
        }
        sleep(LOOK).await;
    }
}

/// Jobs, consumers of workers that are dead, searches that are open, records that never expire.
async fn look(cluster: &Cluster) -> Vec<String> {
    let mut left = Vec::new();
    let redis = cluster.store.primary();
    let waiting: u64 = redis.run(&format!("XLEN {REQUESTED_STREAM}")).await;
    if waiting > 0 {
        left.push(format!("{waiting} jobs in the stream"));
    }
    let open: u64 = redis.run("ZCARD flight.search.open").await;
    if open > 0 {
        left.push(format!("{open} searches that are open"));
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
            left.push(format!("{name} in the group, which is dead"));
        }
    }
    left
}

/// The searches whose jobs were given up.
pub(crate) async fn dead_letters(cluster: &Cluster) -> HashSet<String> {
    let dead = cluster.store.primary().entries(DEAD_STREAM).await;
    dead.into_iter().filter_map(|mut entry| entry.remove(field::SEARCH_ID)).collect()
}
