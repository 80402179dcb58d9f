//! `ACCEPT_DURABILITY`: what an accepted search survives, and what happens if Redis can't provide it.
//!
//! WAITAOF needs a newer Redis than Debian's: `REDIS_8_SERVER` is the path of one.

mod crash;
mod unable;

use std::time::Duration;

use redis::AsyncCommands;
use reqwest::StatusCode;
use test_kit::{Gateway, Launch, Redis, Shim, System, client::example, eventually};
use tokio::task::JoinSet;

/// A Redis that has WAITAOF, with this shim between it and the disk. `None`, with a message, if there is none here.
async fn redis_with_waitaof(appendonly: &str, shim: &Shim) -> Option<Redis> {
    let Some(program) = std::env::var_os("REDIS_8_SERVER") else {
        assert!(std::env::var_os("CI").is_none(), "CI has REDIS_8_SERVER");
        eprintln!("\n  !! NOT TESTED: REDIS_8_SERVER names no server that has WAITAOF\n");
        return None;
    };
    let options = ["--appendonly", appendonly, "--appendfsync", "everysec"];
    Some(Redis::start_as(Launch::default().program(program).options(&options).under(shim)).await)
}

/// A gateway with this `ACCEPT_DURABILITY`.
async fn gateway(addr: &str, durability: &str) -> Gateway {
    let settings = [("REDIS_ADDR", addr), ("ACCEPT_DURABILITY", durability)];
    Gateway::start(&settings.map(|(name, value)| (name.into(), value.into()))).await
}

/// The gateway is not ready, accepts no search, says why in its responses, and logs it once.
async fn assert_refused(gateway: &Gateway, reason: &str) {
    let client = gateway.client();
    eventually(reason, async || {
        let (status, body) = client.get("/health/ready").await;
        (status == StatusCode::SERVICE_UNAVAILABLE && body["message"] == reason).then_some(())
    })
    .await;
    for _ in 0..5 {
        let (status, body) = client.post(&example()).await;
        assert_eq!((status, body["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("not_ready")));
        assert_eq!(body["message"], reason);
    }
    let log = gateway.service.log();
    assert!(log.matches("no search can be accepted").count() <= 3, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_disk_a_repeated_key_returns_the_same_search() {
    let Some(redis) = redis_with_waitaof("yes", &Shim::new()).await else { return };
    let gateway = gateway(&redis.addr(), "disk").await;
    let client = gateway.client();
    gateway.ready().await;
    let key = [("idempotency-key", "one")];
    let (status, first) = client.post_with(&example(), &key).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let _: () = redis::cmd("SCRIPT").arg("FLUSH").query_async(&mut redis.connect().await).await.unwrap();
    let mut posts = JoinSet::new();
    for key in ["one", "one", "two"] {
        let client = client.clone();
        posts.spawn(async move { (key, client.post_with(&example(), &[("idempotency-key", key)]).await) });
    }
    for (key, (status, body)) in posts.join_all().await {
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(body == first, key == "one", "{key}: {body}");
    }
    let mut connection = redis.connect().await;
    assert_eq!(connection.xlen::<_, usize>("flight.search.requested").await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_still_answers_posts_that_wait_for_the_disk() {
    let Some(redis) = redis_with_waitaof("yes", &Shim::new()).await else { return };
    let mut gateway = gateway(&redis.addr(), "disk").await;
    let client = gateway.client();
    gateway.ready().await;
    let submitted = tokio::spawn(async move { client.try_submit().await });
    let mut connection = redis.connect().await;
    eventually("Redis has the search", async || {
        (connection.xlen::<_, usize>("flight.search.requested").await.unwrap() == 1).then_some(())
    })
    .await;
    gateway.service.terminate();
    submitted.await.unwrap().expect("the search is accepted");
    assert_eq!(gateway.service.exit_code().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_replica_a_search_is_accepted_when_a_replica_has_it() {
    let system = System::builder().gateways(0).workers(0).start().await;
    let gateway = gateway(&system.redis.addr(), "replica").await;
    let client = gateway.client();
    assert_refused(&gateway, "not ready: Redis has no replica, which ACCEPT_DURABILITY=replica needs").await;

    let port = system.redis.addr().rsplit_once(':').unwrap().1.to_owned();
    let mut replica = Redis::with(&["--replicaof", "127.0.0.1", &port]).await;
    gateway.ready().await;
    let mut connection = replica.connect().await;
    for _ in 0..20 {
        let id = client.submit().await;
        assert!(connection.exists::<_, bool>(format!("flight.search.record:{id}")).await.unwrap(), "{id}");
    }

    // Longer than a POST waits for the replica.
    let ((), (status, body)) =
        tokio::join!(replica.hang(Duration::from_secs(8)), async { client.post(&example()).await });
    assert_eq!(
        (status, body["code"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable")),
        "{body}"
    );
    eventually("searches are accepted again", async || client.try_submit().await).await;
    replica.kill().await;
    assert_refused(&gateway, "not ready: Redis has no replica, which ACCEPT_DURABILITY=replica needs").await;
}
