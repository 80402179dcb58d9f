//! Searches that are not accepted.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse},
};
use serde_json::json;

use crate::{
    command::search,
    gateway::{Gateway, Then, Turn, end, end_data, failure, offer, retry, status},
};

async fn answering() -> Gateway {
    let data = end_data("completed", &[offer()]);
    Gateway::with([Turn::Frames(vec![retry(10), end(1, &data)], Then::Ends)]).await
}

fn busy() -> axum::response::Response {
    let mut busy =
        failure(StatusCode::SERVICE_UNAVAILABLE, "backlog_full", "too many searches are waiting", &json!([]));
    busy.headers_mut().insert(header::RETRY_AFTER, "1".parse().unwrap());
    busy
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_named() {
    let errors = json!([{"field": "to", "message": "no airport or city has the code DPX"},
        {"field": "slices[0].to", "message": "no airport or city has the code DPX"},
        {"field": "suppliers", "message": "no supplier is called ZZ"}]);
    let refused = failure(StatusCode::BAD_REQUEST, "invalid_request", "the request is invalid", &errors);
    let gateway = answering().await.submits([refused]);
    let run = search(&gateway.url, &["--suppliers", "ZZ"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "flight-search: the request is invalid\n  <TO>: no airport or city has the code DPX\n  --suppliers: no supplier is called ZZ\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_gateway_is_retried_with_the_same_key() {
    let gateway = answering().await.submits([busy()]);
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("too many searches are waiting; trying again in 1.0 s"), "{}", run.stderr);
    let keys = gateway.seen().keys;
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stays_busy_is_an_error() {
    let gateway = answering().await.submits([busy(), busy(), busy(), busy()]);
    let run = search(&gateway.url, &["--json"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""));
    assert!(
        run.stderr.ends_with("flight-search: the server is not available: too many searches are waiting\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_connection_is_reported_at_once() {
    // Bound and closed again, so nothing listens on it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://user:secret@127.0.0.1:{port}");
    let run = search(&url, &[]);
    assert_eq!(run.code, 4);
    let says = format!("flight-search: can't reach http://127.0.0.1:{port}: ");
    assert!(run.stderr.starts_with(&says) && run.stderr.contains("refused"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_no_gateway_is_recognised() {
    let moved = (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "https://elsewhere/")]).into_response();
    for (response, says) in [
        (StatusCode::NOT_FOUND.into_response(), "is not a flight-search gateway"),
        (Html("<h1>Welcome</h1>").into_response(), "is not a flight-search gateway"),
        (moved, "has moved to https://elsewhere/"),
    ] {
        let gateway = answering().await.submits([response]);
        let run = search(&gateway.url, &[]);
        assert_eq!((run.code, run.stdout.as_str()), (4, ""));
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_404_is_an_error() {
    let gateway = Gateway::with([status(StatusCode::NOT_FOUND)]).await;
    assert_eq!(search(&gateway.url, &[]).code, 4);
}

#[test]
fn wrong_usage_is_reported_without_a_request() {
    for arguments in
        [&["--passengers", "9", "--nonsense"][..], &["--timeout", "soon"], &["--url", "localhost"]]
    {
        let run = search("http://127.0.0.1:1", arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}
