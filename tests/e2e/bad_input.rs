//! Bad input gets a clear error that names what is wrong, never a panic, a 500 or no response.

use proptest::{prelude::*, strategy::ValueTree};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use test_kit::{Client, System};

async fn send(
    client: &Client,
    content_type: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> (StatusCode, Value) {
    let mut request = client.request(Method::POST, "/api/flights/search").body(body);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.expect("every error has the envelope"))
}

fn fields(response: &Value) -> Vec<&str> {
    response["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

fn slice(from: &str, to: &str, date: &str) -> Value {
    json!({"from": from, "to": to, "date": date})
}

fn assert_envelope(response: &Value) {
    assert_eq!(response["success"], false, "{response}");
    assert!(response["message"].as_str().is_some_and(|message| !message.is_empty()), "{response}");
    assert!(response["code"].is_string() && response["errors"].is_array(), "{response}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named() {
    let system = System::start().await;
    let client = system.client();
    let good = test_kit::client::example();
    system.workers_ready().await;
    for (change, wrong) in [
        (json!({"from": null}), vec!["from"]),
        (json!({"from": 5}), vec!["from"]),
        (json!({"from": "CGKX", "to": "D1S"}), vec!["from", "to"]),
        (json!({"to": "cgk"}), vec!["to"]),
        (json!({"from": "JKT", "to": "CGK"}), vec!["to"]),
        (json!({"date": "2025-02-30"}), vec!["date"]),
        (json!({"date": "10/07/2025"}), vec!["date"]),
        (json!({"passengers": 0}), vec!["passengers"]),
        (json!({"passengers": 10}), vec!["passengers"]),
        (json!({"passengers": "2"}), vec!["passengers"]),
        (json!({"from": "QQQ", "to": "QQZ"}), vec!["from", "to"]),
        (json!({"from": "QQQ", "date": "2025-02-30"}), vec!["from", "date"]),
        (json!({"suppliers": ["NOBODY"]}), vec!["suppliers"]),
        (json!({"suppliers": "GA"}), vec!["suppliers"]),
        (json!({"timeout_ms": 1}), vec!["timeout_ms"]),
        (json!({"return_date": "2025-07-09"}), vec!["return_date"]),
        (json!({"return_date": "2025-07-17"}), vec!["date", "return_date"]),
        (json!({"to": "QQQ", "date": "2125-07-10", "return_date": "2125-07-17"}), vec!["to"]),
        (json!({"cabin": "coach"}), vec!["cabin"]),
        (json!({"cabin": "business"}), vec!["date"]),
        (json!({"max_stops": 4}), vec!["max_stops"]),
        (json!({"max_stops": -1}), vec!["max_stops"]),
        (json!({"currency": "rupiah"}), vec!["currency"]),
        (json!({"currency": "QQQ"}), vec!["currency"]),
        (json!({"passengers": {"children": [7]}}), vec!["passengers.adults"]),
        (
            json!({"passengers": {"adults": 1, "children": [1, 18]}}),
            vec!["passengers.children[0]", "passengers.children[1]"],
        ),
        (json!({"passengers": {"adults": 1, "infants": [0, 0]}}), vec!["passengers.infants"]),
        (json!({"passengers": {"adults": 9, "children": [7]}}), vec!["passengers.children"]),
        (json!({"slices": []}), vec!["slices"]),
        (json!({"slices": [5]}), vec!["slices[0]"]),
        (json!({"slices": vec![slice("CGK", "DPS", "2125-07-10"); 7]}), vec!["slices"]),
        (json!({"slices": [slice("SUB", "DPS", "2125-07-10")]}), vec!["from", "date"]),
    ] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, response) = client.post(&body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_envelope(&response);
        assert_eq!(fields(&response), wrong, "{body} gave {response}");
    }
    for (slices, wrong) in [
        (json!([slice("CGK", "DPS", "2025-07-10")]), vec!["slices[0].date"]),
        (json!([slice("CGK", "CGK", "2125-07-10")]), vec!["slices[0].to"]),
        (json!([slice("JKT", "CGK", "2125-07-10")]), vec!["slices[0].to"]),
        (
            json!([slice("CGK", "DPS", "2025-07-10"), slice("QQQ", "CGK", "2025-07-10")]),
            vec!["slices[0].date", "slices[1].from", "slices[1].date"],
        ),
        (
            json!([slice("CGK", "DPS", "2125-07-10"), slice("DPS", "CGK", "2125-07-09")]),
            vec!["slices[1].date"],
        ),
        (
            json!([slice("CGK", "QQQ", "2125-07-10"), {"from": "CGKX", "departure": {"earliest": "25:00"}}]),
            vec![
                "slices[0].to",
                "slices[1].from",
                "slices[1].to",
                "slices[1].date",
                "slices[1].departure.earliest",
            ],
        ),
        (
            json!([{"from": "CGK", "to": "DPS", "date": "2125-07-10", "arrival": {"earliest": "12:00", "latest": "11:00"}}]),
            vec!["slices[0].arrival.latest"],
        ),
    ] {
        let body = json!({"slices": slices, "passengers": 2});
        let (status, response) = client.post(&body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(fields(&response), wrong, "{body} gave {response}");
    }
    let (status, response) = client.post(&json!({})).await;
    assert_eq!(
        (status, fields(&response)),
        (StatusCode::BAD_REQUEST, vec!["from", "to", "date", "passengers"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_code_gets_a_suggestion_if_one_is_similar() {
    let system = System::start().await;
    let body = json!({"from": "CGX", "to": "QQQ", "date": "2025-07-10", "passengers": 2});
    let (_, response) = system.client().post(&body).await;
    assert_eq!(response["errors"][0]["message"], "no airport or city has the code CGX; did you mean CGK?");
    assert_eq!(response["errors"][1]["message"], "no airport or city has the code QQQ");
    // Nobody means the place that the flight goes to.
    for to in ["CGK", "JKT"] {
        let body = json!({"from": "CGX", "to": to, "date": "2025-07-10", "passengers": 2});
        let (_, response) = system.client().post(&body).await;
        assert_eq!(response["errors"][0]["message"], "no airport or city has the code CGX");
        assert!(response["errors"][0]["suggestion"].is_null(), "{response}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_bodies_are_refused() {
    let system = System::start().await;
    let client = system.client();
    let json = Some("application/json");
    let large = format!("{{\"from\":\"{}\"}}", "x".repeat(17 * 1024));
    let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(
        (0..20).map(|_| Ok::<_, std::io::Error>("y".repeat(1024))),
    ));
    for (content_type, body, status, code) in [
        (json, "not json".into(), 400, "invalid_body"),
        (json, "".into(), 400, "invalid_body"),
        (json, "[1]".into(), 400, "invalid_body"),
        (json, "\u{0}\u{1}".into(), 400, "invalid_body"),
        (json, vec![0xff, 0xfe, b'{'].into(), 400, "invalid_body"),
        (json, "[".repeat(10_000).into(), 400, "invalid_body"),
        (json, large.into(), 413, "body_too_large"),
        (json, chunked, 413, "body_too_large"),
        (None, "{}".into(), 415, "unsupported_media_type"),
        (Some("text/plain"), "{}".into(), 415, "unsupported_media_type"),
        (Some("application/jsonp"), "{}".into(), 415, "unsupported_media_type"),
    ] {
        let (sent_status, response) = send(&client, content_type, body).await;
        assert_eq!((sent_status.as_u16(), response["code"].as_str()), (status, Some(code)), "{response}");
        assert_envelope(&response);
    }
    let search = test_kit::client::example().to_string();
    assert_eq!(send(&client, Some("Application/JSON; charset=utf-8"), search).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_routes_methods_and_ids_get_the_envelope() {
    let system = System::start().await;
    let client = system.client();
    let unknown = uuid::Uuid::new_v4();
    for (method, path, status, code) in [
        (Method::GET, "/nothing".to_owned(), 404, "not_found"),
        (Method::GET, "/api/flights/search".to_owned(), 405, "method_not_allowed"),
        (Method::PUT, format!("/api/flights/search/{unknown}"), 405, "method_not_allowed"),
        (Method::POST, "/health/live".to_owned(), 405, "method_not_allowed"),
        (Method::GET, format!("/api/flights/search/{unknown}"), 404, "unknown_search"),
        (Method::DELETE, format!("/api/flights/search/{unknown}"), 404, "unknown_search"),
        (Method::GET, format!("/api/flights/search/{unknown}/stream"), 404, "unknown_search"),
        (
            Method::GET,
            format!("/api/flights/search/{unknown}/offers/0123456789abcdef"),
            404,
            "unknown_search",
        ),
        (Method::GET, format!("/api/flights/search/{unknown}/offers/0123"), 400, "invalid_request"),
        (Method::GET, format!("/api/flights/search/{unknown}/offers/%ff"), 400, "invalid_request"),
        (Method::GET, "/api/flights/search/7f6ad8a5/stream".to_owned(), 400, "invalid_request"),
        (Method::GET, "/api/flights/search/%ff%00/stream".to_owned(), 400, "invalid_request"),
        (Method::GET, "/api/flights/search/nonsense".to_owned(), 400, "invalid_request"),
        (Method::GET, format!("/api/flights/search/{unknown}/stream?partials=maybe"), 400, "invalid_request"),
        (
            Method::GET,
            format!("/api/flights/search/{unknown}/stream?partials=1&partials=2"),
            400,
            "invalid_query",
        ),
    ] {
        let response = client.request(method.clone(), &path).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        let response: Value = response.json().await.unwrap();
        assert_envelope(&response);
        assert_eq!(response["code"], code, "{method} {path}");
    }
    let response = client.request(Method::GET, "/api/flights/search").send().await.unwrap();
    assert_eq!(response.headers()["allow"], "POST");
}

/// JSON that resembles a search.
fn near_searches() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[A-Za-z]{3}".prop_map(Value::from),
        "20[0-9]{2}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        prop::collection::vec("[A-Z]{0,4}", 0..4).prop_map(Value::from),
    ];
    let names = prop_oneof!["from|to|date|passengers|suppliers|timeout_ms", "\\PC{0,8}"];
    prop::collection::hash_map(names, value, 0..8)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_causes_a_panic_or_a_5xx() {
    let system = System::start().await;
    let client = system.client();
    let mut runner = proptest::test_runner::TestRunner::default();
    let strategy = prop_oneof![
        near_searches().prop_map(|body| body.to_string().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
    ];
    for _ in 0..300 {
        let body = strategy.new_tree(&mut runner).unwrap().current();
        let (status, response) = send(&client, Some("application/json"), body.clone()).await;
        let shown = String::from_utf8_lossy(&body);
        assert!(
            status == StatusCode::OK || status == StatusCode::BAD_REQUEST,
            "{shown} gave {status} {response}"
        );
    }
    assert!(!system.gateways[0].service.log().contains("panicked"));
}
