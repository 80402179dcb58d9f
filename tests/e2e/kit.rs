//! The kit's own tests: that its troubles are what they are said to be.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use e2e::{Launch, Redis, Shim, System, eventually};

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
