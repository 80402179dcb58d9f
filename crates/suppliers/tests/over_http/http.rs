//! Kind `http`: its requests, and how it reads responses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, RawQuery},
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use contracts::SupplierStatus;
use suppliers::TrialOutcome;

use crate::{
    support::{ask, flights, http_client, query, registry, status},
    test_server::TestServer,
};

/// Responds with `first` to the first `times` calls, and then with one flight.
fn first(times: usize, first: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
    let calls = Arc::new(AtomicUsize::new(0));
    Router::new().fallback(any(move || async move {
        if calls.fetch_add(1, Ordering::SeqCst) < times { first() } else { Json(flights(1)).into_response() }
    }))
}

fn always(response: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
    first(usize::MAX, response)
}

#[tokio::test]
async fn a_search_sends_the_configured_request_and_gets_offers() {
    async fn handler(
        Path((from, to)): Path<(String, String)>,
        RawQuery(query): RawQuery,
        headers: HeaderMap,
        Json(body): Json<serde_json::Value>,
    ) -> Json<serde_json::Value> {
        assert_eq!((from.as_str(), to.as_str()), ("CGK", "DPS"));
        assert_eq!(query.as_deref(), Some("on=2025-07-10"));
        assert_eq!(headers["x-api-key"], "s3cret");
        assert_eq!(body, serde_json::json!({ "adults": 2 }));
        Json(flights(3))
    }
    let server = TestServer::start(Router::new().route("/{from}/{to}", post(handler))).await;
    let settings = r#"
        headers = { X-Api-Key = "${KEY}" }
        query = { on = "{date}" }
        body = { adults = "{passengers}" }
    "#;
    let answer = ask(&http_client(&format!("{}/{{from}}/{{to}}", server.url), settings)).await;
    assert_eq!(answer.report.status, SupplierStatus::Ok);
    assert_eq!((answer.report.code.as_str(), answer.report.name.as_str()), ("XX", "Example Air"));
    let numbers: Vec<_> = answer.offers.iter().map(|offer| offer.flight_number.as_str()).collect();
    assert_eq!(numbers, ["XX0", "XX1", "XX2"]);
    assert_eq!(answer.offers[0].duration_minutes, 115);
}

#[tokio::test]
async fn a_response_without_offers_is_empty() {
    for nothing in [|| Json(flights(0)).into_response(), || StatusCode::NO_CONTENT.into_response()] {
        let server = TestServer::start(always(nothing)).await;
        assert_eq!(status(&http_client(&server.url, "")).await, SupplierStatus::Empty);
    }
}

#[tokio::test]
async fn a_call_is_retried_until_it_succeeds() {
    let server = TestServer::start(first(2, || StatusCode::INTERNAL_SERVER_ERROR.into_response())).await;
    assert_eq!(status(&http_client(&server.url, "")).await, SupplierStatus::Ok);
    assert_eq!(server.calls.count(), 3);
}

#[tokio::test]
async fn a_throttled_call_waits_for_retry_after() {
    let throttled = || (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")]).into_response();
    let server = TestServer::start(first(1, throttled)).await;
    let answer = ask(&http_client(&server.url, "")).await;
    assert_eq!(answer.report.status, SupplierStatus::Ok);
    assert!((1000..10_000).contains(&answer.report.elapsed_ms), "{}", answer.report.elapsed_ms);
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_ends_at_once() {
    let throttled = || (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "3600")]).into_response();
    let server = TestServer::start(always(throttled)).await;
    let answer = ask(&http_client(&server.url, "")).await;
    assert_eq!(answer.report.status, SupplierStatus::Error);
    assert!(answer.report.elapsed_ms < 10_000, "it does not wait for the deadline");
    assert_eq!(server.calls.count(), 1);
}

#[tokio::test]
async fn a_supplier_that_keeps_failing_is_retried_until_the_breaker_opens() {
    let server = TestServer::start(always(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())).await;
    let client = http_client(&server.url, "retries = 2\nbreaker = { failures = 4 }");
    assert_eq!(status(&client).await, SupplierStatus::Error);
    assert_eq!(server.calls.count(), 3);
    assert_eq!(status(&client).await, SupplierStatus::Error);
    assert_eq!(server.calls.count(), 4);
    assert_eq!(status(&client).await, SupplierStatus::Unavailable);
    assert_eq!(server.calls.count(), 4);
}

#[tokio::test]
async fn a_permanent_error_is_not_retried() {
    for refusal in [
        || StatusCode::BAD_REQUEST.into_response(),
        || StatusCode::UNAUTHORIZED.into_response(),
        || "{\"flights\": [{]}".into_response(),
        || Json(serde_json::json!({ "flights": [{ "number": "XX1" }] })).into_response(),
        || "<html>we are closed</html>".into_response(),
    ] {
        let server = TestServer::start(always(refusal)).await;
        assert_eq!(status(&http_client(&server.url, "")).await, SupplierStatus::Error);
        assert_eq!(server.calls.count(), 1);
    }
}

#[tokio::test]
async fn what_no_text_can_be_costs_only_its_offer() {
    let mut body = flights(3).to_string();
    body = body.replace("\"XX1\"", r#""\ud800""#).replace("1000002", "1e999");
    let server = TestServer::start(always(move || body.clone().into_response())).await;
    let answer = ask(&http_client(&server.url, "")).await;
    let report = answer.report;
    assert_eq!((report.status, report.offers, report.rejected), (SupplierStatus::Ok, 1, 2));
}

#[tokio::test]
async fn a_trial_records_one_call() {
    let mut body = flights(3);
    body["flights"][1]["price"] = "cheap".into();
    let server = TestServer::start(always(move || Json(body.clone()).into_response())).await;
    let client = http_client(&format!("{}/{{from}}", server.url), "headers = { x-key = \"${KEY}\" }");
    let trial = client.trial(&query()).await;
    assert_eq!(trial.outcome, TrialOutcome::Answered { itineraries: 2, left_out: 1 });
    let (sent, received) = (trial.transcript.sent.unwrap(), trial.transcript.received.unwrap());
    assert_eq!((sent.method.as_str(), sent.url), ("GET", format!("{}/CGK", server.url)));
    assert!(sent.headers.contains(&("x-key".to_owned(), "s3cret".to_owned())), "{:?}", sent.headers);
    assert_eq!((received.status, received.content_type.as_deref()), (200, Some("application/json")));
    assert!(received.beginning.starts_with(b"{\"flights\":[{") && received.beginning.len() <= received.bytes);
    let read: Vec<_> = trial.transcript.read.iter().map(|(index, offer)| (*index, offer.price)).collect();
    assert_eq!(read, [(0, 1_000_000), (2, 1_000_002)]);
    let [left_out] = &trial.transcript.left_out[..] else { panic!("{:?}", trial.transcript.left_out) };
    assert_eq!(left_out.reason, "offer 1: price (`/price`) is not an amount");
    assert!(String::from_utf8_lossy(&left_out.json).contains("cheap"));

    let failing = TestServer::start(always(|| (StatusCode::FORBIDDEN, "no such key").into_response())).await;
    let trial = http_client(&failing.url, "retries = 2").trial(&query()).await;
    assert_eq!(trial.outcome, TrialOutcome::Failed("HTTP status 403: Forbidden".to_owned()));
    assert_eq!(trial.transcript.received.unwrap().beginning, b"no such key");
    assert_eq!(failing.calls.count(), 1);
}

#[tokio::test]
async fn a_trial_records_the_parts_that_are_left_out() {
    let mut body = flights(3);
    body["flights"][1]["price"] = "cheap".into();
    body["flights"][2]["seats_left"] = "9+".into();
    let server = TestServer::start(always(move || Json(body.clone()).into_response())).await;
    let file = format!(
        r#"
        [[supplier]]
        code = "XX"
        name = "Example Air"
        kind = "http"
        url = "{}"

        [supplier.response]
        offers = "/flights"
        flight_number = "/number"
        price = "/price"
        departure = "/leaves"
        arrival = "/lands"
        seats_left = "/seats_left"
        "#,
        server.url
    );
    let client = &registry(&file).select(&[])[0];
    let trial = client.trial(&query()).await;
    assert_eq!(trial.outcome, TrialOutcome::Answered { itineraries: 2, left_out: 1 });
    let parts = ["offer 2: seats_left (`/seats_left`) is not a small whole number"];
    assert_eq!(trial.transcript.left_out_parts, parts);
    let report = ask(client).await.report;
    assert_eq!((report.status, report.offers, report.rejected), (SupplierStatus::Ok, 2, 1));
}

#[tokio::test]
async fn bad_fares_are_counted_and_the_others_are_prices() {
    let flight = |number: &str, fares: serde_json::Value| {
        serde_json::json!({
            "number": number, "leaves": "2025-07-10T06:05", "lands": "2025-07-10T09:00", "fares": fares,
        })
    };
    let body = serde_json::json!([
        flight(
            "XX1",
            serde_json::json!([{ "p": 3, "b": "Flex" }, { "p": "?", "b": "Lite" }, { "p": 2, "b": "Plus" }])
        ),
        flight("XX2", serde_json::json!([{ "p": "?" }])),
        flight("XX3", serde_json::json!([{ "p": 1 }])),
    ]);
    let server = TestServer::start(always(move || Json(body.clone()).into_response())).await;
    let file = format!(
        r#"
        [[supplier]]
        code = "XX"
        name = "Example Air"
        kind = "http"
        url = "{}"

        [supplier.response]
        offers = ""
        fares = "/fares"
        flight_number = "/number"
        departure = "/leaves"
        arrival = "/lands"
        price = "/p"
        fare_brand = "/b"
        "#,
        server.url
    );
    let answer = ask(&registry(&file).select(&[])[0]).await;
    let report = answer.report;
    assert_eq!((report.status, report.offers, report.rejected), (SupplierStatus::Ok, 2, 2));
    let totals: Vec<Vec<_>> = answer
        .offers
        .iter()
        .map(|offer| offer.prices.iter().map(|price| price.total.to_string()).collect())
        .collect();
    assert_eq!(totals, [vec!["1".to_owned()], vec!["2".to_owned(), "3".to_owned()]]);
}

#[tokio::test]
async fn a_refused_connection_is_an_error() {
    let server = TestServer::start(Router::new()).await;
    let url = server.url.clone();
    drop(server);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(status(&http_client(&url, "")).await, SupplierStatus::Error);
}

#[tokio::test]
async fn a_redirect_is_followed_on_the_same_host_only() {
    let other = TestServer::start(always(|| Json(flights(1)).into_response())).await;
    let elsewhere = other.url.clone();
    let router = Router::new()
        .route("/moved", get(|| async { Redirect::temporary("/here") }))
        .route("/here", get(|| async { Json(flights(1)) }))
        .route("/away", get(move || async move { Redirect::temporary(&elsewhere) }))
        .route("/circle", get(|| async { Redirect::temporary("/circle") }));
    let server = TestServer::start(router).await;
    let status = async |path: &str| status(&http_client(&format!("{}{path}", server.url), "")).await;

    assert_eq!(status("/moved").await, SupplierStatus::Ok);
    assert_eq!(status("/away").await, SupplierStatus::Error);
    assert_eq!(other.calls.count(), 0, "the other host has not seen the headers");
    let before = server.calls.count();
    assert_eq!(status("/circle").await, SupplierStatus::Error);
    assert!(server.calls.count() - before <= 4, "{}", server.calls.count() - before);
}
