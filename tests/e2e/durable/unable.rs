//! Redis can't provide what `ACCEPT_DURABILITY` asks for: the gateway is not ready and says why.

use redis::AsyncCommands;
use reqwest::StatusCode;
use test_kit::{Redis, Shim, System, client::example, eventually};

use super::{assert_refused, gateway, redis_with_waitaof};

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_cannot_keep_searches_on_disk_is_reported_until_it_can() {
    let Some(redis) = redis_with_waitaof("no", &Shim::new()).await else { return };
    let gateway = gateway(&redis.addr(), "disk").await;
    let client = gateway.client();
    let reason = "not ready: Redis has no append-only file, which ACCEPT_DURABILITY=disk needs";
    assert_refused(&gateway, reason).await;
    let mut connection = redis.connect().await;
    assert_eq!(connection.xlen::<_, usize>("flight.search.requested").await.unwrap(), 0);
    for (setting, value) in [("appendfsync", "no"), ("appendonly", "yes")] {
        let mut set = redis::cmd("CONFIG");
        let _: () = set.arg(&["SET", setting, value]).query_async(&mut connection).await.unwrap();
    }
    let reason = "not ready: Redis never syncs its append-only file, which ACCEPT_DURABILITY=disk needs";
    assert_refused(&gateway, reason).await;
    let mut set = redis::cmd("CONFIG");
    let _: () = set.arg(&["SET", "appendfsync", "everysec"]).query_async(&mut connection).await.unwrap();
    gateway.ready().await;
    client.submit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_too_old_is_reported() {
    let redis = Redis::durable().await;
    let server: String = redis.run("INFO server").await;
    if !server.contains("redis_version:7.0") || server.contains("valkey_version") {
        return;
    }
    let gateway = gateway(&redis.addr(), "disk").await;
    assert_refused(&gateway, "not ready: Redis is too old for ACCEPT_DURABILITY=disk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_not_reported_as_too_old() {
    let Some(primary) = redis_with_waitaof("yes", &Shim::new()).await else { return };
    let Some(replica) = redis_with_waitaof("yes", &Shim::new()).await else { return };
    let _: () = replica.run(&format!("REPLICAOF {}", primary.addr().replace(':', " "))).await;
    let gateway = gateway(&replica.addr(), "disk").await;
    let client = gateway.client();
    eventually("readiness reports a replica", async || {
        let (_, body) = client.get("/health/ready").await;
        (body["message"] == "not ready: Redis is a replica, not the primary").then_some(())
    })
    .await;
    let why = eventually("the log says why", async || {
        gateway
            .service
            .log()
            .lines()
            .find(|line| line.contains("no search can be accepted"))
            .map(str::to_owned)
    })
    .await;
    assert!(why.contains("Redis is a replica, not the primary"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_commands_that_durability_needs_are_named() {
    let Some(redis) = redis_with_waitaof("yes", &Shim::new()).await else { return };
    let mut connection = redis.connect().await;
    let mut permit = async |words: &str| {
        let mut set = redis::cmd("ACL");
        set.arg("SETUSER").arg("limited").arg(words.split(' ').collect::<Vec<_>>());
        let _: () = set.query_async(&mut connection).await.unwrap();
    };
    permit("on >secret ~flight.search.[^f]* +@all -waitaof").await;
    let gateway = gateway(&format!("redis://limited:secret@{}", redis.addr()), "disk").await;
    let client = gateway.client();
    let reason = "not ready: Redis forbids its user WAITAOF, SET on flight.search.fence";
    eventually(reason, async || (client.get("/health/ready").await.1["message"] == reason).then_some(()))
        .await;
    assert_eq!(client.post(&example()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    permit("~flight.search.* +@all").await;
    gateway.ready().await;
    client.submit().await;
    // A permission that is lost later is noticed, too.
    permit("-waitaof").await;
    let reason = "not ready: Redis forbids its user WAITAOF";
    eventually(reason, async || (client.get("/health/ready").await.1["message"] == reason).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_commands_that_durability_does_not_need_do_not_matter() {
    let system = System::builder().gateways(0).workers(0).start().await;
    let _: () = system.redis.run("ACL SETUSER limited on >secret ~flight.search.[^f]* +@all -wait").await;
    let addr = format!("redis://limited:secret@{}", system.redis.addr());
    let gateway = gateway(&addr, "memory").await;
    let client = gateway.client();
    gateway.ready().await;
    client.submit().await;
}
