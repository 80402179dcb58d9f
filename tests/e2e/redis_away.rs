//! Redis is not there, or goes.

use std::time::{Duration, Instant};

use e2e::{Link, Redis, System, client::example, eventually, wait::within};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn both_services_wait_for_redis_and_become_useful_when_it_comes() {
    let mut redis = Redis::volatile().await;
    redis.kill().await;
    let mut system = System::builder().gateways(0).workers(1).start_on(redis).await;
    system.add_gateway().await;
    let client = system.client();
    let (status, answer) = client.get("/health/ready").await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("not_ready")));
    assert_eq!(client.get("/health/live").await.0, StatusCode::OK);
    assert_unavailable(&system).await;
    eventually("both say that they wait", async || {
        let waits = |log: String| log.contains("for Redis");
        (waits(system.gateways[0].service.log()) && waits(system.workers[0].log())).then_some(())
    })
    .await;

    system.redis.start().await;
    system.gateways[0].ready().await;
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_while_redis_is_away_gets_503_within_two_seconds_and_the_service_recovers() {
    let mut system = System::start().await;
    let client = system.client();
    client.result(&client.submit().await).await;
    system.redis.kill().await;
    for _ in 0..5 {
        assert_unavailable(&system).await;
    }
    eventually("the gateway is not ready", async || {
        (client.get("/health/ready").await.0 == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    system.redis.start().await;
    system.gateways[0].ready().await;
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_while_redis_hangs_gets_503_within_two_seconds() {
    let system = System::start().await;
    let pid = system.redis.pid();
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    assert_unavailable(&system).await;
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    let client = system.client();
    let id = eventually("searches are accepted again", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_went_dead_without_a_word_are_replaced() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let link = Link::to(system.redis.addr()).await;
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.add_worker();
    system.gateways[0].ready().await;
    let client = system.client();
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
    // What is sent over the connections that there are is taken, and nothing comes; new ones get through.
    link.forget();
    assert_unavailable(&system).await;
    let id =
        within(Duration::from_secs(10), "searches are accepted", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    system.gateways[0].ready().await;
}

async fn assert_unavailable(system: &System) {
    let start = Instant::now();
    let (status, answer) = system.client().post(&example()).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert_eq!((&answer["success"], &answer["code"]), (&false.into(), &"unavailable".into()));
}
