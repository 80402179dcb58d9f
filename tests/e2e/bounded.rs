//! Nothing grows without bound.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{Json, Router, extract::Path, routing::get};
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;
use test_kit::{System, eventually, sse::read_all, within};
use tokio::sync::Semaphore;

use crate::metrics::{add_worker, scrape};

async fn run_searches(system: &System, count: usize) -> Vec<String> {
    let client = system.client();
    let mut searches = Vec::new();
    let mut streams = Vec::new();
    for _ in 0..count {
        let id = client.submit().await;
        streams.push(client.follow(&id).await);
        searches.push(id);
    }
    assert!(read_all(streams).await.iter().all(|events| events.len() == 1));
    searches
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_stream_is_as_long_as_the_backlog() {
    let mut system = System::builder().workers(0).start().await;
    let client = system.client();
    for _ in 0..30 {
        client.submit().await;
    }
    let length = async || system.redis.run::<usize>("XLEN flight.search.requested").await;
    assert_eq!(length().await, 30);
    system.add_worker();
    eventually("the backlog is empty", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_log_is_trimmed_by_age_even_when_nobody_writes() {
    // Entries are kept for twice the deadline.
    let system = System::builder().set("SEARCH_DEADLINE_MS", "1000").set("JOB_LEASE_MS", "600").start().await;
    run_searches(&system, 40).await;
    eventually("old entries are gone", async || {
        // Redis trims whole nodes of a stream: less than one is left.
        (system.redis.run::<usize>("XLEN flight.search.results").await < 20).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_log_is_trimmed_after_redis_clock_has_stepped_back() {
    let system = System::builder().set("SEARCH_DEADLINE_MS", "1000").set("JOB_LEASE_MS", "600").start().await;
    // Entry ids never decrease: after such a step, new entries continue from an id that is an hour ahead.
    let later = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + 3_600_000;
    let unrelated = "search_id 7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11 note x";
    let _: String = system.redis.run(&format!("XADD flight.search.results {later}-0 {unrelated}")).await;
    run_searches(&system, 40).await;
    eventually("old entries are gone", async || {
        (system.redis.run::<usize>("XLEN flight.search.results").await < 20).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_expire() {
    let system =
        System::builder().set("RECORD_TTL_SECS", "1").set("SEARCH_DEADLINE_MS", "1000").start().await;
    let client = system.client();
    let searches = run_searches(&system, 5).await;
    assert_eq!(client.state(&searches[0]).await.0, StatusCode::OK);
    eventually("the records are gone", async || {
        system.redis.run::<Vec<String>>("KEYS flight.search.record:*").await.is_empty().then_some(())
    })
    .await;
    assert_eq!(client.state(&searches[0]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(client.open(&searches[0], "", None).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_expires_unless_its_search_is_open() {
    let system = System::builder()
        .workers(0)
        .set("SEARCH_DEADLINE_MS", "5000")
        .set("RECORD_TTL_SECS", "60")
        .start()
        .await;
    let client = system.client();
    let waiting = client.submit().await;
    let ttl = async |id: &str| system.redis.run::<i64>(&format!("TTL flight.search.record:{id}")).await;
    assert_eq!(ttl(&waiting).await, -1, "the record of an open search does not expire");
    assert_eq!(system.redis.run::<Vec<String>>("ZRANGE flight.search.open 0 -1").await, [waiting.as_str()]);
    client.cancel(&waiting).await;
    assert!((30..=60).contains(&ttl(&waiting).await));
    assert!(system.redis.run::<Vec<String>>("ZRANGE flight.search.open 0 -1").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_workers_without_jobs_are_removed() {
    let mut system = System::builder().workers(2).set("JOB_LEASE_MS", "2000").start().await;
    system.joined(2).await;
    system.workers[0].kill().await;
    system.joined(1).await;
    eventually("the removal is logged", async || {
        system.workers[1].log().contains("removed a dead worker").then_some(())
    })
    .await;
    assert_eq!(
        system.workers[1].log().matches("removed a dead worker").count(),
        1,
        "an idle worker is not dead"
    );
    system.workers[1].terminate();
    assert_eq!(system.workers[1].exit_code().await, Some(0));
    assert_eq!(system.consumers().await, 0, "a worker that stops leaves the group");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_takes_no_more_jobs_than_it_has_permits_for() {
    let builder = System::builder().workers(0).set("MAX_CONCURRENCY", "4");
    let mut system = builder.set("SIMULATED_LATENCY_MS", "1000").start().await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..16 {
        let id = client.submit().await;
        streams.push(client.follow(&id).await);
    }
    system.add_worker();
    system.joined(1).await;
    let reading = tokio::spawn(read_all(streams));
    let mut most = 0;
    while !reading.is_finished() {
        let pending: Vec<redis::Value> =
            system.redis.run("XPENDING flight.search.requested search-processors").await;
        most = most.max(redis::from_redis_value::<u64>(pending[0].clone()).unwrap());
    }
    assert!(reading.await.unwrap().iter().all(|events| events.len() == 1));
    assert_eq!(most, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_backlog_refuses_searches_and_says_when_to_retry() {
    let system = System::builder().workers(0).set("MAX_BACKLOG", "5").start().await;
    let client = system.client();
    for _ in 0..5 {
        // A job may count twice for a moment.
        eventually("a search is accepted", async || client.try_submit().await).await;
    }
    let request =
        client.request(reqwest::Method::POST, "/api/flights/search").json(&test_kit::client::example());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(response.json::<serde_json::Value>().await.unwrap()["code"], "backlog_full");
}

/// How many offers an answer has, and how many suppliers answer before the last.
const MANY_OFFERS: usize = 200;
const BULKY: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_a_worker_has_no_memory_for_are_in_the_ends_of_their_searches() {
    let held = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&held);
    let answer = async move |Path(airline): Path<String>| {
        if airline == "last" {
            opened.acquire().await.unwrap().forget();
        }
        let offer = |n: usize| json!({"flight": format!("XX{n}"), "price": 1000 + n, "at": "2025-07-10T06:05:00+07:00", "minutes": 110});
        Json((1..=MANY_OFFERS).map(offer).collect::<Vec<_>>())
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{airline}", get(answer))).await });
    let names: Vec<_> = (0..BULKY).map(|n| format!("bulk{n}")).chain(["last".to_owned()]).collect();
    let airlines: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), "timeout_ms = 280000\nretries = 0\nconcurrency = 0"))
        .collect();
    let file = crate::suppliers::suppliers(port, &airlines);
    let mut system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "300000").start().await;
    let worker = add_worker(&mut system, &[("SUPPLIERS_FILE", file.path().to_str().unwrap())]).await;

    // Each takes about 1.6 MiB, and a worker has 32.
    let count = 40;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(client.follow(&client.submit().await).await);
    }
    within(Duration::from_mins(3), "all but the last have answered", async || {
        let answers: usize = system.redis.run("XLEN flight.search.results").await;
        (answers == count * BULKY).then_some(())
    })
    .await;
    held.add_permits(count);
    let ends = streams.iter_mut().map(|stream| stream.next_within(Duration::from_mins(2)));
    for end in join_all(ends).await {
        let end = end.expect("the search ends").json();
        assert_eq!(
            (&end["status"], end["suppliers"].as_array().unwrap().len()),
            (&json!("completed"), BULKY + 1)
        );
        assert_eq!(end["total"], MANY_OFFERS);
        for offer in end["results"].as_array().unwrap() {
            assert_eq!(
                offer["prices"].as_array().unwrap().len(),
                BULKY + 1,
                "a price of each seller: {offer}"
            );
        }
    }
    let from_record = scrape(&worker).await.sum("flight_search_jobs_ended_from_record_total", &[]).unwrap();
    assert!((1.0..40.0).contains(&from_record), "some were kept: {from_record} of {count} were not");
}
