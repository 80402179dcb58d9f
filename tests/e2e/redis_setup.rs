//! Redis is set up in a link that the services can't work with, or that is unsafe.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use test_kit::{Link, Redis, Service, System, client::example, eventually};

use crate::redis_full::warnings;

#[tokio::test(flavor = "multi_thread")]
async fn both_services_refuse_a_redis_in_cluster_mode() {
    let redis = Redis::with(&["--cluster-enabled", "yes"]).await;
    for name in ["main-service", "provider-service"] {
        let settings = [("REDIS_ADDR".into(), redis.addr()), ("APP_PORT".into(), "0".into())];
        let mut service = Service::start(name, &settings);
        assert_eq!(service.exit_code().await, Some(1), "{name}");
        assert!(service.log().contains("cluster-enabled no"), "says what to do: {}", service.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_in_cluster_mode_that_starts_later_stops_both_services() {
    let mut redis = Redis::with(&["--cluster-enabled", "yes"]).await;
    redis.kill().await;
    let mut system = System::builder().gateways(0).start_on(redis).await;
    system.add_gateway().await;
    system.redis.start().await;
    assert_eq!(system.gateways[0].service.exit_code().await, Some(1));
    assert_eq!(system.workers[0].exit_code().await, Some(1));
    assert!(system.workers[0].log().contains("cluster-enabled no"), "says what to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_mode_is_detected_although_info_and_cluster_are_forbidden() {
    let redis = Redis::with(&["--cluster-enabled", "yes"]).await;
    let _: () = redis.run("ACL SETUSER limited on >secret ~flight.search.* +@all -info -cluster").await;
    // A cluster without slots refuses every key; a complete one refuses commands with keys of two slots.
    for is_complete in [false, true] {
        if is_complete {
            let _: () = redis.run("CLUSTER ADDSLOTSRANGE 0 16383").await;
            eventually("the cluster is complete", async || {
                redis.run::<String>("CLUSTER INFO").await.contains("cluster_state:ok").then_some(())
            })
            .await;
        }
        for name in ["main-service", "provider-service"] {
            let addr = format!("redis://limited:secret@{}", redis.addr());
            let settings = [("REDIS_ADDR".into(), addr), ("APP_PORT".into(), "0".into())];
            let mut service = Service::start(name, &settings);
            let ended = tokio::time::timeout(Duration::from_secs(30), service.exit_code()).await;
            assert_eq!(ended, Ok(Some(1)), "{name}, complete: {is_complete}");
            assert!(service.log().contains("cluster-enabled no"), "says what to do: {}", service.log());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_evicts_and_a_missing_append_only_file_are_warned_of_once() {
    let redis = Redis::with(&["--maxmemory-policy", "allkeys-lru"]).await;
    let system = System::builder().start_on(redis).await;
    let client = system.client();
    eventually("readiness warns", async || {
        (warnings(&client).await? == ["redis_evicts", "redis_not_persistent"]).then_some(())
    })
    .await;
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
    let _: redis::Value = system.redis.run("CONFIG SET maxmemory-policy noeviction").await;
    let _: redis::Value = system.redis.run("CONFIG SET appendonly yes").await;
    eventually("the warnings are gone", async || warnings(&client).await?.is_empty().then_some(())).await;
    for service in [&system.gateways[0].service, &system.workers[0]] {
        for warning in ["SEARCHES MAY BE LOST", "no append-only file"] {
            logged_once(service, warning).await;
        }
    }
}

/// Waits until the service has logged this, and checks that it has done so once.
async fn logged_once(service: &Service, text: &str) {
    let count = || service.log().matches(text).count();
    eventually(text, async || (count() > 0).then_some(())).await;
    assert_eq!(count(), 1, "{}", service.log());
}

/// A system whose Redis user has all permissions but these.
async fn system_without(commands: &str) -> System {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let permit = format!("ACL SETUSER limited on >secret ~flight.search.* +@all {commands}");
    let _: () = system.redis.run(&permit).await;
    system.settings.push(("REDIS_ADDR".into(), format!("redis://limited:secret@{}", system.redis.addr())));
    system.add_gateway().await;
    system.add_worker();
    system
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_command_is_named_once_and_the_gateway_is_not_ready() {
    let system = system_without("-xadd -xreadgroup").await;
    let client = system.client();
    eventually("readiness names it", async || {
        let (status, response) = client.get("/health/ready").await;
        let names = response["message"].as_str()?.contains("XADD on flight.search.requested");
        (status == StatusCode::SERVICE_UNAVAILABLE && names).then_some(())
    })
    .await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(3) {
        let (status, response) = client.post(&example()).await;
        assert_eq!(
            (status, response["code"].as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable"))
        );
        assert_eq!(client.get("/health/ready").await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
    for (log, command) in
        [(system.gateways[0].service.log(), "XADD on"), (system.workers[0].log(), "XREADGROUP on")]
    {
        assert_eq!(log.lines().filter(|line| line.contains(command)).count(), 1, "{log}");
        assert!(log.lines().count() < 12, "{log}");
    }

    let _: () = system.redis.run("ACL SETUSER limited +@all").await;
    system.gateways[0].ready().await;
    let id = eventually("searches are accepted", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_forbidden_during_a_search_loses_no_search() {
    let system = system_without("-flushall").await;
    let client = system.client();
    system.gateways[0].ready().await;
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    let first = stream.next().await.unwrap();
    let _: () = system.redis.run("ACL SETUSER limited -xadd").await;
    eventually("the gateway is not ready", async || {
        let _ = client.try_submit().await;
        (client.get("/health/ready").await.0 == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    let _: () = system.redis.run("ACL SETUSER limited +@all").await;
    let events: Vec<_> = [first].into_iter().chain(stream.all().await).collect();
    assert_eq!(events.last().unwrap().json()["status"], "completed");
    assert!(system.redis.entries("flight.search.dead").await.is_empty());
    system.gateways[0].ready().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hides_its_settings_is_still_used() {
    let system = system_without("-info -role").await;
    let client = system.client();
    system.gateways[0].ready().await;
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
    eventually("readiness warns", async || {
        (warnings(&client).await? == ["redis_not_examined"]).then_some(())
    })
    .await;
    for service in [&system.gateways[0].service, &system.workers[0]] {
        logged_once(service, "forbids INFO").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_distant_redis_works_with_a_longer_timeout() {
    let mut system = System::builder().gateways(0).workers(0).set("REDIS_TIMEOUT_MS", "5000").start().await;
    let link = Link::to(system.redis.addr()).await;
    link.change(|terms| terms.latency = Duration::from_millis(700));
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.add_worker();
    system.gateways[0].ready().await;
    let client = system.client();
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");
}
