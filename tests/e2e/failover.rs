//! Redis has a replica, and the two change roles behind one address that keeps open connections to the old primary.

use std::time::Duration;

use reqwest::StatusCode;
use test_kit::{Link, Redis, System, eventually, sse::read_all, wait::within};

/// A system whose Redis has a replica, and a link that leads to the primary.
async fn system_with_replica(settings: &[(&str, &str)]) -> (System, Redis, Link) {
    let builder = System::builder().gateways(0).workers(0).set("REDIS_TIMEOUT_MS", "1000");
    let mut system =
        settings.iter().fold(builder, |builder, (name, value)| builder.set(name, value)).start().await;
    let (replica, link) = (Redis::volatile().await, Link::to(system.redis.addr()).await);
    let _: () = replica.run(&format!("REPLICAOF {}", system.redis.addr().replace(':', " "))).await;
    eventually("the replica follows", async || info(&replica, "master_link_status:up").await.then_some(()))
        .await;
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.add_worker();
    system.gateways[0].ready().await;
    (system, replica, link)
}

async fn info(redis: &Redis, line: &str) -> bool {
    redis.run::<String>("INFO replication").await.contains(&format!("\n{line}\r"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_failover_behind_one_address_ends_no_search_and_takes_seconds() {
    let (system, replica, link) = system_with_replica(&[("SIMULATED_LATENCY_MS", "500-6000")]).await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(client.follow_partials(&client.submit().await).await);
    }
    eventually("answers have arrived", async || {
        (system.redis.run::<usize>("XLEN flight.search.results").await > 20).then_some(())
    })
    .await;
    let _: () = system.redis.run(&format!("FAILOVER TO {}", replica.addr().replace(':', " "))).await;
    eventually("they have changed roles", async || {
        (info(&system.redis, "role:slave").await && info(&replica, "role:master").await).then_some(())
    })
    .await;
    eventually("the gateway knows that it can't write", async || {
        (client.get("/health/ready").await.0 == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    assert_eq!(client.post(&test_kit::client::example()).await.0, StatusCode::SERVICE_UNAVAILABLE);

    link.lead_to(replica.addr());
    let id =
        within(Duration::from_secs(20), "searches are accepted", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    for events in read_all(streams).await {
        assert_eq!(events.iter().filter(|event| event.is_terminal()).count(), 1, "{events:?}");
        assert!(events.is_sorted_by(|a, b| a.seq() < b.seq()), "{events:?}");
        assert_eq!(events.last().unwrap().json()["status"], "completed");
    }
    system.gateways[0].ready().await;
    assert!(system.gateways[0].service.log().lines().count() < 200, "no line is repeated over and over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_takes_writes_is_no_primary() {
    let (system, replica, link) = system_with_replica(&[]).await;
    let client = system.client();
    let _: () = system.redis.run("CONFIG SET replica-read-only no").await;
    let _: () = replica.run("REPLICAOF NO ONE").await;
    let _: () = system.redis.run(&format!("REPLICAOF {}", replica.addr().replace(':', " "))).await;
    eventually("the gateway is not ready", async || {
        let (status, response) = client.get("/health/ready").await;
        (status == StatusCode::SERVICE_UNAVAILABLE && response["message"].as_str()?.contains("replica"))
            .then_some(())
    })
    .await;
    assert_eq!(client.post(&test_kit::client::example()).await.0, StatusCode::SERVICE_UNAVAILABLE);

    link.lead_to(replica.addr());
    within(Duration::from_secs(20), "the gateway is ready", async || {
        (client.get("/health/ready").await.0 == StatusCode::OK).then_some(())
    })
    .await;
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
}
