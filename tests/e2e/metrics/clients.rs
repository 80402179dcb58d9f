//! What a gateway measures of its clients.

use std::io::Read;

use reqwest::{Method, StatusCode};
use serde_json::json;
use test_kit::client::example;

use super::{
    gateway,
    scrape::{scrape, scrape_until},
};

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

const SUBMITTED: &str = "flight_search_searches_submitted_total";

#[tokio::test(flavor = "multi_thread")]
async fn requests_streams_and_events_are_counted() {
    let (mut system, operators) = gateway::start(&[]).await;
    let client = system.client();
    let id = client.submit().await;
    let open = async |query| client.open(&id, query, None).await;
    let streams = [open("?partials=true").await, open("?partials=true").await, open("").await];
    let metrics = scrape(&operators).await;
    assert_eq!(metrics.sum("flight_search_open_streams", &[]), Some(3.0), "{}", metrics.0);
    assert_eq!(metrics.sum("flight_search_followed_searches", &[]), Some(1.0));
    assert!(metrics.sum("flight_search_open_connections", &[]) >= Some(3.0));
    assert_eq!(metrics.sum("flight_search_workers_alive", &[]), Some(0.0));

    system.add_worker();
    let mut events = Vec::new();
    for stream in streams {
        let text = stream.text().await.unwrap();
        let frames = text.split_inclusive("\n\n").filter(|frame| frame.contains("data: "));
        let is_of_the_event = |line: &&str| !line.starts_with(':') && !line.starts_with("retry:");
        events.extend(
            frames.map(|frame| frame.split_inclusive('\n').filter(is_of_the_event).collect::<String>()),
        );
    }
    let metrics = scrape_until(&operators, "the streams have ended", |metrics| {
        metrics.sum("flight_search_open_streams", &[]) == Some(0.0)
            && metrics.sum("flight_search_workers_alive", &[]) == Some(1.0)
    })
    .await;
    let delivered = |event: &str| metrics.sum("flight_search_events_delivered_total", &[event]);
    assert_eq!(delivered("event=\"end\""), Some(3.0));
    assert_eq!(delivered("event=\"partial\""), Some(count(events.len() - 3)));
    let bytes = count(events.iter().map(String::len).sum());
    let delivered = "flight_search_event_bytes_delivered_total";
    assert_eq!(metrics.sum(delivered, &["coding=\"identity\""]), Some(bytes));
    assert_eq!(metrics.sum(delivered, &["coding=\"gzip\""]), Some(0.0));
    let route = "route=\"/api/flights/search/{id}/stream\"";
    let labels = [route, "method=\"GET\"", "status=\"200\""];
    assert_eq!(metrics.sum("flight_search_http_requests_total", &labels), Some(3.0));
    assert_eq!(metrics.sum("flight_search_http_request_duration_seconds_count", &labels[..2]), Some(3.0));

    let path = format!("/api/flights/search/{id}/stream");
    let request = client.request(Method::GET, &path).header("accept-encoding", "gzip");
    let body = request.send().await.unwrap().bytes().await.unwrap();
    // The rest is the header, a stored `retry:`, and the trailer.
    let event = count(body.len() - 10 - (5 + "retry: 1000\n".len()) - 10);
    assert_eq!(scrape(&operators).await.sum(delivered, &["coding=\"gzip\""]), Some(event));
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions_are_counted_by_result() {
    let (system, operators) = gateway::start(&[("COALESCE_SECS", "60")]).await;
    let client = system.client();
    for result in ["accepted", "shared", "repeated"] {
        let label = format!("result=\"{result}\"");
        assert_eq!(scrape(&operators).await.sum(SUBMITTED, &[&label]), Some(0.0), "{result}");
        let mut request = client.request(Method::POST, "/api/flights/search").json(&example());
        if result != "shared" {
            request = request.header("idempotency-key", "one");
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(scrape(&operators).await.sum(SUBMITTED, &[&label]), Some(1.0), "{result}");
    }
    let invalid = client.request(Method::POST, "/api/flights/search").json(&json!({})).send().await.unwrap();
    assert_eq!(invalid.status(), StatusCode::BAD_REQUEST);
    let metrics = scrape(&operators).await;
    assert_eq!(metrics.sum(SUBMITTED, &[]), Some(3.0));
    let route = "route=\"/api/flights/search\"";
    assert_eq!(metrics.sum("flight_search_http_requests_total", &[route, "status=\"400\""]), Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_clients_send_there_are_few_series() {
    let (system, operators) = gateway::start(&[]).await;
    let client = system.client();
    let before = scrape(&operators).await.series();
    for n in 0..50 {
        let method = Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap();
        client.request(method, &format!("/nowhere/{n}")).send().await.unwrap();
        client.request(Method::GET, &format!("/api/flights/search/{n}/stream")).send().await.unwrap();
    }
    let after = scrape(&operators).await;
    assert!(after.series() < before + 60, "{}", after.0);
    assert_eq!(
        after.sum("flight_search_http_requests_total", &["route=\"none\"", "method=\"other\""]),
        Some(50.0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn compression_is_measured() {
    let (system, operators) = gateway::start(&[]).await;
    let client = system.client();
    let request = client.request(Method::GET, "/openapi.json").header("accept-encoding", "gzip");
    let compressed = request.send().await.unwrap().bytes().await.unwrap();
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&compressed[..]).read_to_end(&mut text).unwrap();
    client.request(Method::GET, "/openapi.json").send().await.unwrap().bytes().await.unwrap();
    let metrics = scrape(&operators).await;
    let bytes = |stage: &str| metrics.sum("flight_search_compressed_response_bytes_total", &[stage]);
    assert_eq!(bytes("stage=\"before\""), Some(count(text.len())));
    assert_eq!(bytes("stage=\"after\""), Some(count(compressed.len())));
}
