//! The kit's own tests: that its troubles are what they are said to be.

#![expect(clippy::unwrap_used, reason = "tests panic where they fail")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use redis::{AsyncConnectionConfig, aio::MultiplexedConnection};
use test_kit::{Flow, Launch, Link, Redis, Shim, System, eventually};

/// How far a server's clock is ahead of this program's, in milliseconds.
async fn ahead(redis: &Redis) -> i64 {
    let [seconds, micros]: [i64; 2] = redis.run("TIME").await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    seconds * 1000 + micros / 1000 - i64::try_from(now.as_millis()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_a_running_redis_is_stepped_and_set_right() {
    let shim = Shim::new();
    let redis = Redis::start_as(Launch::default().under(&shim)).await;
    for step in [0, 3_600_000, -20_000, 0] {
        shim.shift_clock(step);
        eventually("the clock is stepped", async || {
            ((ahead(&redis).await - step).abs() < 2000).then_some(())
        })
        .await;
    }
    // What expires goes by the same clock.
    let _: redis::Value = redis.run("SET key value EX 60").await;
    shim.shift_clock(61_000);
    eventually("the key has expired", async || (redis.run::<usize>("EXISTS key").await == 0).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_a_running_redis_is_slow_and_quick_again() {
    let shim = Shim::new();
    let launch = Launch::default().options(&["--appendonly", "yes", "--appendfsync", "always"]).under(&shim);
    let redis = Redis::start_as(launch).await;
    let write = async || {
        let start = Instant::now();
        let _: redis::Value = redis.run("SET key value").await;
        start.elapsed()
    };
    shim.slow_sync(Duration::from_millis(700));
    assert!(write().await >= Duration::from_millis(700));
    shim.slow_sync(Duration::ZERO);
    eventually("writes are quick", async || (write().await < Duration::from_millis(700)).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_a_running_service_is_stepped() {
    let shim = Shim::new();
    let builder =
        shim.environment().iter().fold(System::builder(), |system, (name, value)| system.set(name, value));
    let system = builder.start().await;
    let day = async || {
        let live = system.client().request(reqwest::Method::GET, "/health/live").send().await.unwrap();
        let date = live.headers()["date"].to_str().unwrap().to_owned();
        date.split(' ').take(4).collect::<Vec<_>>().join(" ")
    };
    let today = day().await;
    shim.shift_clock(1000 * 24 * 3_600_000);
    eventually("the date is another", async || (day().await != today).then_some(())).await;
}

/// How long a question over a link takes; `None` if it is not answered for a second.
async fn ask(connection: &mut MultiplexedConnection, bytes: usize) -> Option<Duration> {
    let mut command = redis::cmd("ECHO");
    command.arg("x".repeat(bytes));
    let start = Instant::now();
    let answer =
        tokio::time::timeout(Duration::from_secs(1), command.query_async::<String>(connection)).await;
    answer.ok().map(|_| start.elapsed())
}

async fn over(link: &Link) -> MultiplexedConnection {
    let client = redis::Client::open(format!("redis://{}", link.addr())).unwrap();
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_slow_thin_and_good_again() {
    let redis = Redis::volatile().await;
    let link = Link::to(redis.addr()).await;
    let mut connection = over(&link).await;
    link.change(|terms| terms.latency = Duration::from_millis(200));
    assert!(ask(&mut connection, 1).await.unwrap() >= Duration::from_millis(400), "there and back");
    link.heal();
    link.change(|terms| terms.rate = Some(1_000_000));
    let took = ask(&mut connection, 200_000).await.unwrap();
    assert!(took >= Duration::from_millis(200), "as long as the bytes take: {took:?}");
    link.heal();
    eventually("it is good again", async || {
        (ask(&mut connection, 200_000).await? < Duration::from_millis(200)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_partitioned_one_way_forgotten_and_cut() {
    let redis = Redis::volatile().await;
    let link = Link::to(redis.addr()).await;
    let mut connection = over(&link).await;
    // The question arrives, its answer does not, until the partition is over.
    link.change(|terms| terms.down = Flow::Held);
    let mut set = redis::cmd("SET");
    let held = set.arg(&["key", "value"]).exec_async(&mut connection);
    let arrives = eventually("the question arrives", async || {
        (redis.run::<usize>("EXISTS key").await == 1).then(|| link.heal())
    });
    let (held, ()) = tokio::join!(held, arrives);
    held.expect("what was held arrives");

    link.forget();
    assert_eq!(ask(&mut connection, 1).await, None, "nothing comes, and no error");
    assert!(ask(&mut over(&link).await, 1).await.is_some(), "new connections get through");
    let mut connection = over(&link).await;
    link.cut();
    eventually("the connection is closed", async || {
        redis::cmd("PING").exec_async(&mut connection).await.err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_elsewhere_and_open_connections_stay() {
    let (first, second) = (Redis::volatile().await, Redis::volatile().await);
    let link = Link::to(first.addr()).await;
    let mut old = over(&link).await;
    link.lead_to(second.addr());
    let mut new = over(&link).await;
    for connection in [&mut old, &mut new] {
        redis::cmd("INCR").arg("key").exec_async(connection).await.unwrap();
    }
    assert_eq!((first.run::<u32>("GET key").await, second.run::<u32>("GET key").await), (1, 1));
}
