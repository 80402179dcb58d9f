//! Only Redis' clock counts for deadlines: a host with a wrong clock ends no search early or late.

use std::time::Duration;

use test_kit::{Launch, Redis, Shim, System, eventually};

/// How far clocks are off, in milliseconds.
const FAR: i64 = 300_000;

/// A system whose gateway's and worker's clocks are this many milliseconds ahead of Redis' clock.
async fn system(gateway_ahead: i64, worker_ahead: i64) -> (System, [Shim; 2]) {
    let shims = [gateway_ahead, worker_ahead].map(|millis| {
        let shim = Shim::new();
        shim.shift_clock(millis);
        shim
    });
    let mut builder = System::builder().workers(0);
    for (name, value) in shims[0].environment() {
        builder = builder.set(&name, &value);
    }
    let mut system = builder.start().await;
    let environment = shims[1].environment();
    let further: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    system.add_worker_with(&further);
    (system, shims)
}

async fn assert_searches_complete(gateway_ahead: i64, worker_ahead: i64) {
    let (system, _shims) = system(gateway_ahead, worker_ahead).await;
    let client = system.client();
    let id = client.submit().await;
    let end = client.result(&id).await.json();
    assert_eq!(end["status"], "completed", "{end}");
    assert!(end["elapsed_ms"].as_u64().unwrap() < 30_000, "{end}");
    for (service, ahead) in [(&system.gateways[0].service, gateway_ahead), (&system.workers[0], worker_ahead)]
    {
        let is_warned = || service.log().contains("this host's clock differs from Redis'");
        if ahead == 0 {
            assert!(!is_warned(), "{}", service.log());
        } else {
            eventually("the wrong clock is logged", async || is_warned().then_some(())).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_of_a_gateway_whose_clock_is_behind_complete() {
    assert_searches_complete(-FAR, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_clock_is_ahead_completes_searches() {
    assert_searches_complete(0, FAR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_whose_clock_is_ahead_does_not_end_searches_of_others() {
    let (mut system, _shims) = system(0, 0).await;
    let ahead = Shim::new();
    ahead.shift_clock(FAR);
    system.settings.extend(ahead.environment());
    system.settings.push(("SIMULATED_LATENCY_MS".into(), "8000".into()));
    system.add_gateway().await;
    system.gateways[1].ready().await;
    system.add_worker();
    system.joined(2).await;
    system.workers[0].terminate();
    system.joined(1).await;
    let [client, other] = system.clients().try_into().unwrap();
    let id = client.submit().await;
    assert_eq!(other.state(&id).await.1["data"]["status"], "processing");
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_end_at_their_deadline_although_redis_clock_steps() {
    for step in [-FAR, FAR] {
        let shim = Shim::new();
        let redis = Redis::start_as(Launch::default().under(&shim)).await;
        let system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "3000").start_on(redis).await;
        let client = system.client();
        let id = client.submit().await;
        shim.shift_clock(step);
        eventually("the step is noticed", async || {
            system.gateways[0].service.log().contains("Redis' clock has stepped").then_some(())
        })
        .await;
        let end = tokio::time::timeout(Duration::from_mins(1), client.result(&id)).await;
        assert_eq!(end.expect("the search ends").json()["status"], "failed", "{step}");
    }
}
