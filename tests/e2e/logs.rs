//! What the log says of a search.

use std::time::Duration;

use serde_json::Value;
use test_kit::{Service, System, wait::within};

/// The line about the end of a search in any of these logs, which must be the only one.
async fn end(system: &System, id: &str) -> Value {
    within(Duration::from_secs(30), "the end is logged", async || {
        let logs = system.gateways.iter().map(|gateway| &gateway.service).chain(&system.workers);
        let text: String = logs.map(Service::log).collect();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut ends = lines.filter(|line| line["message"] == "search ended" && line["search_id"] == id);
        let end = ends.next()?;
        assert_eq!(ends.next(), None, "it is logged once");
        Some(end)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_search_is_one_line_with_all_that_one_asks() {
    let system = System::builder().gateways(2).workers(2).set("LOG_FORMAT", "json").start().await;
    system.workers_ready().await;
    let client = system.client();
    let id = client.submit().await;
    let event = client.result(&id).await;
    let event = event.json();
    let line = end(&system, &id).await;
    let asked = event["suppliers"].as_array().unwrap().len();
    let number = |field: &str| line[field].as_u64().unwrap_or_else(|| panic!("{field} of {line}"));
    let suppliers = ["suppliers_ok", "suppliers_failed", "suppliers_skipped"];
    assert_eq!(suppliers.iter().map(|field| number(field)).sum::<u64>(), asked as u64);
    assert!(number("suppliers_ok") > 0);
    assert_eq!((&line["status"], &line["offers"]), (&"completed".into(), &event["total"]));
    assert_eq!(line["first_answer_ms"], event["first_answer_ms"]);
    assert_eq!(line["elapsed_ms"], event["elapsed_ms"]);
    assert_eq!(number("attempts"), 1);
    assert!(number("queue_wait_ms") < 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_no_worker_took_has_no_attempts_in_the_log() {
    let system = System::builder()
        .workers(0)
        .set("LOG_FORMAT", "json")
        .set("SEARCH_DEADLINE_MS", "1000")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    client.result(&id).await;
    let line = end(&system, &id).await;
    assert_eq!((&line["status"], &line["reason"]), (&"failed".into(), &"deadline".into()));
    assert_eq!((line.get("attempts"), line.get("queue_wait_ms")), (None, None));
    assert_eq!(line["suppliers_ok"], 0);
}
