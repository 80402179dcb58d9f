//! Any process that runs ends searches past their deadline, followed or not.

use std::time::{SystemTime, UNIX_EPOCH};

use test_kit::{System, eventually};

use crate::crashes::assert_announced_once;

const OPEN: &str = "flight.search.open";

async fn submit(system: &System, count: usize) -> Vec<String> {
    let client = system.client();
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(client.submit().await);
    }
    ids
}

async fn until_none_is_open(system: &System) {
    eventually("no search is open", async || {
        (system.redis.run::<usize>(&format!("ZCARD {OPEN}")).await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_alone_ends_waiting_searches_that_nobody_follows() {
    let mut system = System::builder()
        .workers(0)
        .set("SEARCH_DEADLINE_MS", "1500")
        .set("MAX_CONCURRENCY", "1")
        .set("SIMULATED_LATENCY_MS", "60000")
        .start()
        .await;
    let ids = submit(&system, 20).await;
    system.gateways[0].service.kill().await;
    system.add_worker();
    until_none_is_open(&system).await;
    assert_announced_once(&system.redis, ids.len()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_waits_longer_than_its_records_ttl_still_ends() {
    let mut system = System::builder()
        .workers(0)
        .set("SEARCH_DEADLINE_MS", "3000")
        .set("RECORD_TTL_SECS", "1")
        .start()
        .await;
    let ids = submit(&system, 3).await;
    system.gateways[0].service.kill().await;
    let killed = SystemTime::now();
    eventually("the deadline is past, and RECORD_TTL_SECS after it", async || {
        (killed.elapsed().unwrap().as_secs() >= 5).then_some(())
    })
    .await;
    assert!(system.redis.entries("flight.search.results").await.is_empty(), "no process could end them");
    // The log keeps entries for twice the deadline: a longer one lets this test read them.
    system.add_worker_with(&[("SEARCH_DEADLINE_MS", "20000")]);
    until_none_is_open(&system).await;
    assert_announced_once(&system.redis, ids.len()).await;
    eventually("their jobs are gone", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_back_delays_no_search() {
    let system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "2000").start().await;
    let id = submit(&system, 1).await.remove(0);
    // As if Redis' clock had been an hour ahead until now.
    let later = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + 3_600_000;
    let _: usize = system.redis.run(&format!("ZADD {OPEN} XX CH {later} {id}")).await;
    let times = format!("HSET flight.search.record:{id} created_ms {} deadline_ms {later}", later - 2000);
    let _: usize = system.redis.run(&times).await;
    until_none_is_open(&system).await;
    assert_eq!(system.client().state(&id).await.1["data"]["status"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_with_a_shorter_deadline_ends_no_gateways_search_early() {
    let mut system = System::builder()
        .workers(0)
        .set("SEARCH_DEADLINE_MS", "20000")
        .set("SIMULATED_LATENCY_MS", "5000")
        .start()
        .await;
    system.add_worker_with(&[("SEARCH_DEADLINE_MS", "1000")]);
    let id = submit(&system, 1).await.remove(0);
    let end = system.client().result(&id).await;
    assert_eq!(end.json()["status"], "completed", "{end:?}");
    assert_eq!(end.json().get("reason"), None, "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_record_delays_no_other() {
    let system = System::builder().workers(1).set("SEARCH_DEADLINE_MS", "1000").start().await;
    let malformed = ["7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c12"];
    for (id, fields) in
        malformed.iter().zip(["status processing seq 3 deadline_ms abc", "status processing seq abc"])
    {
        let _: usize = system.redis.run(&format!("HSET flight.search.record:{id} {fields}")).await;
        let _: usize = system.redis.run(&format!("ZADD {OPEN} 1 {id}")).await;
    }
    until_none_is_open(&system).await;
    // The malformed ones have ended as well, once.
    assert_announced_once(&system.redis, 2).await;
    let log = system.gateways[0].service.log() + &system.workers[0].log();
    assert!(log.matches("malformed").count() < 20, "it was not retried for ever: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_open_search_delays_no_other() {
    let system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "500").start().await;
    let malformed = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
    let _: redis::Value = system.redis.run(&format!("SET flight.search.record:{malformed} x")).await;
    let _: usize = system.redis.run(&format!("ZADD {OPEN} 1 {malformed} 1 nonsense")).await;
    submit(&system, 1).await;
    until_none_is_open(&system).await;
    assert_announced_once(&system.redis, 1).await;
}
