//! Tests of the kit itself: links and shims do what they say.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

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
async fn the_clock_of_a_running_redis_is_stepped_and_restored() {
    let shim = Shim::new();
    let redis = Redis::start_as(Launch::default().under(&shim)).await;
    for step in [0, 3_600_000, -20_000, 0] {
        shim.shift_clock(step);
        eventually("the clock is stepped", async || {
            ((ahead(&redis).await - step).abs() < 2000).then_some(())
        })
        .await;
    }
    // Expiry uses the same clock.
    let _: redis::Value = redis.run("SET key value EX 60").await;
    shim.shift_clock(61_000);
    eventually("the key has expired", async || (redis.run::<usize>("EXISTS key").await == 0).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fsyncs_of_a_running_redis_are_slow_and_fast_again() {
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
    eventually("writes are fast", async || (write().await < Duration::from_millis(700)).then_some(())).await;
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
    eventually("the date has changed", async || (day().await != today).then_some(())).await;
}

/// How long an ECHO over a link takes; `None` if no reply comes within ten seconds.
async fn ask(connection: &mut MultiplexedConnection, bytes: usize) -> Option<Duration> {
    ask_within(Duration::from_secs(10), connection, bytes).await
}

async fn ask_within(
    limit: Duration,
    connection: &mut MultiplexedConnection,
    bytes: usize,
) -> Option<Duration> {
    let mut command = redis::cmd("ECHO");
    command.arg("x".repeat(bytes));
    let start = Instant::now();
    let reply = tokio::time::timeout(limit, command.query_async::<String>(connection)).await;
    reply.ok().map(|_| start.elapsed())
}

async fn over(link: &Link) -> MultiplexedConnection {
    let client = redis::Client::open(format!("redis://{}", link.addr())).unwrap();
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_has_a_latency_and_a_rate_until_it_is_healed() {
    let redis = Redis::volatile().await;
    let link = Link::to(redis.addr()).await;
    let mut connection = over(&link).await;
    link.change(|terms| terms.latency = Duration::from_millis(200));
    assert!(ask(&mut connection, 1).await.unwrap() >= Duration::from_millis(400), "once in each direction");
    link.heal();
    link.change(|terms| terms.rate = Some(1_000_000));
    let took = ask(&mut connection, 200_000).await.unwrap();
    assert!(took >= Duration::from_millis(200), "slower than the rate: {took:?}");
    link.heal();
    eventually("the link is fast again", async || {
        (ask(&mut connection, 200_000).await? < Duration::from_millis(200)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_holds_one_direction_back_forgets_and_cuts() {
    let redis = Redis::volatile().await;
    let link = Link::to(redis.addr()).await;
    let mut connection = over(&link).await;
    // The command arrives; its reply is held back until the link is healed.
    link.change(|terms| terms.down = Flow::Held);
    let mut set = redis::cmd("SET");
    let held = set.arg(&["key", "value"]).exec_async(&mut connection);
    let arrives = eventually("the command arrives", async || {
        (redis.run::<usize>("EXISTS key").await == 1).then(|| link.heal())
    });
    let (held, ()) = tokio::join!(held, arrives);
    held.expect("the reply arrives");

    link.forget();
    let reply = ask_within(Duration::from_secs(1), &mut connection, 1).await;
    assert_eq!(reply, None, "neither a reply nor an error");
    assert!(ask(&mut over(&link).await, 1).await.is_some(), "new connections work");
    let mut connection = over(&link).await;
    link.cut();
    eventually("the connection is closed", async || {
        redis::cmd("PING").exec_async(&mut connection).await.err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_new_connections_elsewhere_and_open_ones_stay() {
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
