//! A search ends at its deadline, whichever processes run.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use test_kit::{System, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn with_no_worker_alive_a_subscriber_receives_a_failed_end() {
    let system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "1000").start().await;
    let client = system.client();
    let start = Instant::now();
    let id = client.submit().await;
    let events = client.follow(&id).await.all().await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].json()["status"].as_str(), events[0].json()["reason"].as_str()),
        (Some("failed"), Some("deadline"))
    );
    assert!((1.0..30.0).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_worker_alive_a_get_shows_a_failed_search() {
    let system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "3000").start().await;
    let client = system.client();
    let id = client.submit().await;
    assert_eq!(client.state(&id).await.1["data"]["status"], "processing");
    eventually("the search has ended", async || {
        (client.state(&id).await.1["data"]["status"] == "failed").then_some(())
    })
    .await;
    assert_eq!(client.result(&id).await.json()["status"], "failed");
    assert_eq!(system.redis.entries("flight.search.results").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn suppliers_that_hang_are_reported_as_timed_out() {
    let system = System::builder()
        .set("SIMULATED_LATENCY_MS", "50000")
        .set("SEARCH_DEADLINE_MS", "3000")
        .start()
        .await;
    system.workers_ready().await;
    let client = system.client();
    let start = Instant::now();
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(end["status"], "failed", "no supplier has answered");
    let suppliers = end["suppliers"].as_array().unwrap();
    assert!(
        suppliers.len() >= 8 && suppliers.iter().all(|supplier| supplier["status"] == "timeout"),
        "{end}"
    );
    assert!((3.0..30.0).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_whose_last_worker_died_ends_with_the_answers_that_had_arrived() {
    let mut system = System::builder()
        .set("SIMULATED_LATENCY_MS", "50-20000")
        .set("SEARCH_DEADLINE_MS", "8000")
        .start()
        .await;
    system.workers_ready().await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    let first = stream.next().await.unwrap();
    system.workers[0].kill().await;
    let rest = stream.all().await;
    let end = rest.last().unwrap();
    assert!(end.is_terminal());
    assert_eq!(end.json()["status"], "completed");
    let suppliers = end.json()["suppliers"].as_array().unwrap().clone();
    assert!(suppliers.contains(&first.json()["supplier"]), "the answer that had arrived is in the end");
    assert!(
        suppliers.iter().any(|supplier| supplier["status"] == "timeout"),
        "suppliers that had not answered are in the end too: {suppliers:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_set_a_shorter_timeout() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "50000").start().await;
    let client = system.client();
    let mut body = test_kit::client::example();
    body["timeout_ms"] = 500.into();
    let start = Instant::now();
    let (status, response) = client.post(&body).await;
    assert_eq!(status, StatusCode::OK);
    let end = client.result(response["data"]["search_id"].as_str().unwrap()).await.json();
    assert_eq!(end["status"], "failed");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
