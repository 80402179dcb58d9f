//! Offers are stored compressed as soon as every gateway that runs reads that, and as JSON while an older one runs.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use test_kit::{System, within};

/// How a frame of zstd begins.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Submits searches until the results of one are stored as wanted, and returns its id.
pub(crate) async fn stored(system: &System, compressed: bool) -> String {
    within(Duration::from_mins(1), "a search is stored in this encoding", async || {
        let client = system.client();
        let id = client.submit().await;
        client.result(&id).await;
        let results: Vec<u8> = system.redis.run(&format!("HGET flight.search.record:{id} results")).await;
        (results.starts_with(ZSTD) == compressed).then_some(id)
    })
    .await
}

/// What the replaced system reads of a search in the result log.
async fn in_the_log(system: &System, id: &str) -> Vec<Value> {
    let entries = system.redis.entries("flight.search.results").await;
    let end = entries.iter().find(|entry| entry["search_id"] == id && entry.contains_key("results"));
    serde_json::from_str(&end.expect("an end")["results"]).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_compresses_from_its_first_search_on() {
    let mut system = System::builder()
        .workers(0)
        .set("SIMULATED_LATENCY_MS", "1")
        .set("SIMULATED_FAILURE_RATE", "0")
        .start()
        .await;
    let client = system.client();
    let mut ids = Vec::new();
    for _ in 0..60 {
        ids.push(client.submit().await);
    }
    within(Duration::from_secs(30), "the gateway is announced", async || {
        (system.redis.run::<usize>("ZCARD flight.search.gateways").await == 1).then_some(())
    })
    .await;
    system.add_worker();
    for id in ids {
        client.result(&id).await;
        let results: Vec<u8> = system.redis.run(&format!("HGET flight.search.record:{id} results")).await;
        assert!(results.starts_with(ZSTD), "{id}: {}", String::from_utf8_lossy(&results));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_stored_as_json_while_an_older_gateway_runs() {
    let system =
        System::builder().set("SIMULATED_LATENCY_MS", "1").set("SIMULATED_FAILURE_RATE", "0").start().await;
    let ends = async |id: &str| system.client().result(id).await.json()["results"].clone();

    let id = stored(&system, true).await;
    let results = ends(&id).await;
    assert!(results[0]["prices"][0]["total"].is_string(), "{results}");
    let few = in_the_log(&system, &id).await;
    assert_eq!(few.len(), results.as_array().unwrap().len());
    for (few, all) in few.iter().zip(results.as_array().unwrap()) {
        assert_eq!(few, &serde_json::json!({"flight_number": all["flight_number"], "price": all["price"]}));
    }

    // An older gateway, which reads only what was compressed without a dictionary. It is not silent for as long as the test
    // takes.
    let later = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + 600_000;
    let mut old = redis::cmd("ZADD");
    old.arg("flight.search.gateways").arg(later.to_string()).arg("old-1 0.1.0 reads-compressed");
    old.exec_async(&mut system.redis.connect().await).await.unwrap();
    let id = stored(&system, false).await;
    assert_eq!(Value::Array(in_the_log(&system, &id).await), ends(&id).await, "it reads all of it");
    let entries = system.redis.entries("flight.search.results").await;
    let complete = |entry: &&HashMap<String, String>| !entry.contains_key("in_record");
    assert!(
        entries.iter().filter(|entry| entry["search_id"] == id).all(|entry| complete(&entry)),
        "{entries:?}"
    );

    let mut gone = redis::cmd("ZREM");
    gone.arg("flight.search.gateways").arg("old-1 0.1.0 reads-compressed");
    gone.exec_async(&mut system.redis.connect().await).await.unwrap();
    stored(&system, true).await;
}

/// Waits until the worker has certainly looked which gateways run: it does after it has published its first status
/// report, and before the second.
async fn worker_has_checked_encoding(system: &System) {
    let report = async || -> Option<Vec<u8>> {
        let keys: Vec<String> = system.redis.run("KEYS flight.search.worker:*").await;
        system.redis.run(&format!("GET {}", keys.first()?)).await
    };
    let first = within(Duration::from_secs(30), "the worker publishes a status report", report).await;
    within(Duration::from_secs(30), "it publishes another", async || {
        report().await.filter(|next| *next != first)
    })
    .await;
}

/// Adds a job like the replaced gateway, and returns its results in the log and in the record.
async fn results_of_a_go_job(system: &System) -> (Value, Vec<u8>) {
    let id = uuid::Uuid::new_v4().to_string();
    let fields =
        [("search_id", &*id), ("from", "CGK"), ("to", "DPS"), ("date", "2025-07-10"), ("passengers", "2")];
    system.redis.add("flight.search.requested", &fields).await;
    let record = within(Duration::from_secs(30), "the search ends", async || -> Option<Vec<u8>> {
        system.redis.run(&format!("HGET flight.search.record:{id} results")).await
    })
    .await;
    (Value::Array(in_the_log(system, &id).await), record)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_of_the_replaced_system_reads_the_flat_fields_of_compressed_offers() {
    let system =
        System::builder().set("SIMULATED_LATENCY_MS", "1").set("SIMULATED_FAILURE_RATE", "0").start().await;
    stored(&system, true).await;
    let (results, record) = results_of_a_go_job(&system).await;
    assert!(record.starts_with(ZSTD));
    let flat = results[0].as_object().unwrap();
    let names: Vec<_> = flat.keys().map(String::as_str).collect();
    let mut expected = [
        "flight_number",
        "price",
        "currency",
        "carrier",
        "origin",
        "destination",
        "departure",
        "arrival",
        "duration_minutes",
        "stops",
        "suppliers",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(results.as_array().unwrap().len() > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_stay_json_if_no_gateway_has_announced_itself() {
    // Gateways of version 0.1 announce nothing.
    let system = System::builder()
        .gateways(0)
        .set("SIMULATED_LATENCY_MS", "1")
        .set("SIMULATED_FAILURE_RATE", "0")
        .start()
        .await;
    worker_has_checked_encoding(&system).await;
    let (results, record) = results_of_a_go_job(&system).await;
    assert_eq!(serde_json::from_slice::<Value>(&record).unwrap(), results);
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_stay_json_if_the_operator_wants_it() {
    let system = System::builder()
        .set("SIMULATED_LATENCY_MS", "1")
        .set("SIMULATED_FAILURE_RATE", "0")
        .set("COMPRESS_OFFERS", "false")
        .start()
        .await;
    worker_has_checked_encoding(&system).await;
    let (results, record) = results_of_a_go_job(&system).await;
    assert_eq!(serde_json::from_slice::<Value>(&record).unwrap(), results);
}
