//! Limits as the supplier sees them.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, routing::get};
use contracts::{SearchId, SupplierStatus};
use tokio::{task::JoinSet, time::Instant};

use crate::{
    server::Server,
    support::{flights, http_desk, query, status},
};

async fn slow() -> Json<serde_json::Value> {
    tokio::time::sleep(Duration::from_millis(60)).await;
    Json(flights(1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_than_5_at_once_and_50_a_second_while_another_supplier_is_unhindered() {
    let limited_server = Server::start(Router::new().route("/", get(slow))).await;
    let free_server = Server::start(Router::new().route("/", get(slow))).await;
    let limits = "concurrency = 5\nrate_limit = { calls = 50, per_ms = 1000 }";
    let limited = http_desk(&limited_server.url, limits);
    let free = http_desk(&free_server.url, "concurrency = 0");

    let began = Instant::now();
    let (mut limited_searches, mut free_searches) = (JoinSet::new(), JoinSet::new());
    for _ in 0..200 {
        let (limited, free) = (Arc::clone(&limited), Arc::clone(&free));
        limited_searches.spawn(async move { status(&limited).await });
        free_searches.spawn(async move { status(&free).await });
    }
    let all_ok = |statuses: Vec<SupplierStatus>| statuses.iter().all(|status| *status == SupplierStatus::Ok);
    assert!(all_ok(free_searches.join_all().await));
    let unhindered = began.elapsed();
    assert!(all_ok(limited_searches.join_all().await));

    assert_eq!(limited_server.count.calls(), 200);
    assert!(limited_server.count.most_open() <= 5, "{} at once", limited_server.count.most_open());
    let most = limited_server.count.most_in_a_second();
    assert!(most <= 50, "{most} in a second");
    // The last of 200 calls at 50 a second.
    assert!(began.elapsed() > Duration::from_millis(3900), "{:?}", began.elapsed());
    assert!(unhindered < began.elapsed() / 2, "{unhindered:?} of {:?}", began.elapsed());
}

#[tokio::test]
async fn who_waits_in_vain_hears_unavailable_by_the_deadline() {
    let server = Server::start(Router::new().route("/", get(slow))).await;
    let desk = http_desk(&server.url, "rate_limit = { calls = 1, per_ms = 60000 }");
    assert_eq!(status(&desk).await, SupplierStatus::Ok);
    let began = Instant::now();
    let answer = desk.ask(SearchId::random(), &query(), began + Duration::from_millis(200)).await;
    assert_eq!(answer.report.status, SupplierStatus::Unavailable);
    assert!(began.elapsed() < Duration::from_millis(500));
    assert_eq!(server.count.calls(), 1);
}
