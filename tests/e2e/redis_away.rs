//! Redis is down, hangs, or its connections die.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use test_kit::{Client, Link, Redis, System, SystemBuilder, client::example, eventually};
use tokio::task::JoinSet;

/// A system with the default timeout of requests to Redis.
fn builder() -> SystemBuilder {
    System::builder().set("REDIS_TIMEOUT_MS", "1000")
}

#[tokio::test(flavor = "multi_thread")]
async fn both_services_wait_for_redis_and_work_once_it_starts() {
    let mut redis = Redis::volatile().await;
    redis.kill().await;
    let mut system = builder().gateways(0).workers(1).start_on(redis).await;
    system.add_gateway().await;
    let client = system.client();
    let (status, response) = client.get("/health/ready").await;
    assert_eq!((status, response["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("not_ready")));
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
    let mut system = builder().start().await;
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
    let system = builder().start().await;
    system.redis.server().signal(Signal::STOP);
    assert_unavailable(&system).await;
    system.redis.server().signal(Signal::CONT);
    let client = system.client();
    let id = eventually("searches are accepted again", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_silently_are_replaced() {
    let mut system = builder().gateways(0).workers(0).start().await;
    let link = Link::to(system.redis.addr()).await;
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.add_worker();
    system.gateways[0].ready().await;
    let client = system.client();
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
    // Open connections swallow what is sent and return nothing; new ones work.
    link.forget();
    let id = eventually("searches are accepted", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    system.gateways[0].ready().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_hangs_many_gets_and_deletes_get_503_as_soon_as_a_post() {
    let system = builder().workers(0).set("MAX_CONNECTIONS_PER_CLIENT", "0").start().await;
    let client = system.client();
    let id = client.submit().await;
    let mut requests = JoinSet::new();
    let hang = system.redis.hang(Duration::from_secs(12));
    let ask = async {
        for number in 0..400 {
            let method = if number % 4 == 0 { Method::DELETE } else { Method::GET };
            requests.spawn(ask(client.clone(), method, format!("/api/flights/search/{id}")));
        }
        std::mem::take(&mut requests).join_all().await
    };
    let ((), responses) = tokio::join!(hang, ask);
    let longest = responses.iter().map(|(_, took)| *took).max().unwrap();
    assert!(responses.iter().all(|(status, _)| *status == StatusCode::SERVICE_UNAVAILABLE), "{responses:?}");
    assert!(longest < Duration::from_secs(9), "the last one was answered after {longest:?}");
}

async fn ask(client: Client, method: Method, path: String) -> (StatusCode, Duration) {
    let start = Instant::now();
    let response = client.request(method, &path).send().await.expect("a request gets a response");
    (response.status(), start.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_connection_that_only_record_reads_use_is_replaced() {
    let mut system = builder().gateways(0).workers(0).start().await;
    let link = Link::to(system.redis.addr()).await;
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.gateways[0].ready().await;
    let client = system.client();
    let id = client.submit().await;
    assert_eq!(client.state(&id).await.0, StatusCode::OK);
    link.forget();
    eventually("records are read", async || (client.state(&id).await.0 == StatusCode::OK).then_some(()))
        .await;
}

async fn assert_unavailable(system: &System) {
    let start = Instant::now();
    let (status, response) = system.client().post(&example()).await;
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{response}");
    assert_eq!((&response["success"], &response["code"]), (&false.into(), &"unavailable".into()));
}
