//! What stands in Redis: the result log as it grows, and what is left when all has ended.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use contracts::names::{CONSUMER_GROUP, DEAD_STREAM, REQUESTED_STREAM, RESULTS_STREAM, field};
use e2e::{Service, wait::PATIENCE};
use redis::{
    AsyncCommands, AsyncConnectionConfig, RedisResult, aio::MultiplexedConnection, streams::StreamRangeReply,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::site::Site;

/// How often the result log is read. It keeps everything for longer.
const INTERVAL: Duration = Duration::from_millis(500);
/// How many entries are read at once.
const PAGE: usize = 200;

/// What was announced of one search.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    /// How many entries were terminal.
    pub(crate) ends: usize,
    /// Whether a supplier's answer was announced more than once.
    pub(crate) answer_twice: bool,
    suppliers: HashSet<String>,
}

/// What was announced, by search.
pub(crate) type News = HashMap<String, Announced>;

/// Reads the result log until it is told to finish.
pub(crate) struct Auditor {
    task: JoinHandle<News>,
    finish: watch::Sender<bool>,
}

impl Auditor {
    /// Starts reading.
    pub(crate) fn start(redis: String) -> Self {
        let (finish, finishing) = watch::channel(false);
        Self { task: tokio::spawn(read_on(redis, finishing)), finish }
    }

    /// Reads what is left and gives all.
    pub(crate) async fn finish(self) -> News {
        self.finish.send_replace(true);
        self.task.await.expect("the audit ends")
    }
}

async fn read_on(redis: String, mut finishing: watch::Receiver<bool>) -> News {
    let client = redis::Client::open(format!("redis://{redis}")).expect("an address");
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
    let (mut news, mut last) = (News::new(), "0".to_owned());
    loop {
        let is_last = *finishing.borrow();
        // Redis is away now and then.
        if let Ok(mut connection) = client.get_multiplexed_async_connection_with_config(&config).await
            && read(&mut connection, &mut news, &mut last).await.is_ok()
            && is_last
        {
            return news;
        }
        let _ = tokio::time::timeout(INTERVAL, finishing.wait_for(|now| *now)).await;
    }
}

async fn read(connection: &mut MultiplexedConnection, news: &mut News, last: &mut String) -> RedisResult<()> {
    loop {
        let page: StreamRangeReply =
            connection.xrange_count(RESULTS_STREAM, format!("({last}"), "+", PAGE).await?;
        if page.ids.is_empty() {
            return Ok(());
        }
        for entry in page.ids {
            let announced = news.entry(entry.get(field::SEARCH_ID).unwrap_or_default()).or_default();
            if entry.contains_key(field::RESULTS) {
                announced.ends += 1;
            } else {
                let report: String = entry.get(field::SUPPLIER).unwrap_or_default();
                let report: serde_json::Value = serde_json::from_str(&report).unwrap_or_default();
                announced.answer_twice |= !announced.suppliers.insert(report["code"].to_string());
            }
            *last = entry.id;
        }
    }
}

/// What is left in the queue although all searches have ended: jobs, and consumers of workers that are dead. Waits
/// until nothing is, for as long as it may take to sweep. Tells what is.
pub(crate) async fn left_behind(site: &Site) -> Vec<String> {
    let start = Instant::now();
    loop {
        let left = look(site).await;
        if left.is_empty() || start.elapsed() > PATIENCE {
            return left;
        }
        sleep(INTERVAL).await;
    }
}

async fn look(site: &Site) -> Vec<String> {
    let mut left = Vec::new();
    let waiting: u64 = site.redis.run(&format!("XLEN {REQUESTED_STREAM}")).await;
    if waiting > 0 {
        left.push(format!("{waiting} jobs in the stream"));
    }
    let consumers: Vec<HashMap<String, redis::Value>> =
        site.redis.run(&format!("XINFO CONSUMERS {REQUESTED_STREAM} {CONSUMER_GROUP}")).await;
    let alive: Vec<_> = site.workers.iter().filter_map(Service::pid).collect();
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

/// How many jobs were given up.
pub(crate) async fn dead_letters(site: &Site) -> u64 {
    site.redis.run(&format!("XLEN {DEAD_STREAM}")).await
}
