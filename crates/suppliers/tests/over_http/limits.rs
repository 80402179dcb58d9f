//! The concurrency and rate limits, measured at the supplier.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, routing::get};
use contracts::{SearchId, SupplierStatus};
use tokio::{task::JoinSet, time::Instant};
use traces::Span;

use crate::{
    support::{flights, http_client, query, status},
    test_server::TestServer,
};

async fn slow() -> Json<serde_json::Value> {
    tokio::time::sleep(Duration::from_millis(60)).await;
    Json(flights(1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_stay_within_5_at_once_and_50_a_second_and_do_not_delay_another_supplier() {
    let limited_server = TestServer::start(Router::new().route("/", get(slow))).await;
    let free_server = TestServer::start(Router::new().route("/", get(slow))).await;
    let limits = "concurrency = 5\nrate_limit = { calls = 50, per_ms = 1000 }";
    let limited = http_client(&limited_server.url, limits);
    let free = http_client(&free_server.url, "concurrency = 0");

    let began = Instant::now();
    let (mut limited_searches, mut free_searches) = (JoinSet::new(), JoinSet::new());
    for _ in 0..200 {
        let (limited, free) = (Arc::clone(&limited), Arc::clone(&free));
        limited_searches.spawn(async move { status(&limited).await });
        free_searches.spawn(async move { status(&free).await });
    }
    let all_ok = |statuses: Vec<SupplierStatus>| statuses.iter().all(|status| *status == SupplierStatus::Ok);
    assert!(all_ok(free_searches.join_all().await));
    let undelayed = began.elapsed();
    assert!(all_ok(limited_searches.join_all().await));

    assert_eq!(limited_server.calls.count(), 200);
    assert!(limited_server.calls.max_open() <= 5, "{} at once", limited_server.calls.max_open());
    let most = limited_server.calls.max_in_a_second();
    // Calls are counted when they arrive, and a delayed one may arrive within the next second: allow fifteen more.
    assert!(most <= 65, "{most} in a second");
    // The last of 200 calls at 50 a second.
    assert!(began.elapsed() > Duration::from_millis(3900), "{:?}", began.elapsed());
    assert!(undelayed < began.elapsed() * 3 / 4, "{undelayed:?} of {:?}", began.elapsed());
}

#[tokio::test]
async fn running_out_of_time_in_the_queue_is_unavailable() {
    let server = TestServer::start(Router::new().route("/", get(slow))).await;
    let client = http_client(&server.url, "rate_limit = { calls = 1, per_ms = 60000 }");
    assert_eq!(status(&client).await, SupplierStatus::Ok);
    let began = Instant::now();
    let answer =
        client.ask(SearchId::random(), &query(), began + Duration::from_millis(200), &Span::none()).await;
    assert_eq!(answer.report.status, SupplierStatus::Unavailable);
    assert!(began.elapsed() < Duration::from_secs(10), "the limit's period is not waited for");
    assert_eq!(server.calls.count(), 1);
}
