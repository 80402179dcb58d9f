//! HTTP beyond the routes: HEAD, OPTIONS, request ids, CORS, malformed requests.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use test_kit::{Client, System, client::example};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn send(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = client.request(method, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

const SEARCH: &str = "/api/flights/search";

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_as_get_does_without_a_body() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = client.submit().await;
    let unknown = uuid::Uuid::new_v4();
    for (path, status) in [
        ("/health/live".to_owned(), 200),
        (format!("{SEARCH}/{id}"), 200),
        (format!("{SEARCH}/{unknown}"), 404),
        (format!("{SEARCH}/{unknown}/stream"), 404),
        (SEARCH.to_owned(), 405),
        ("/nothing".to_owned(), 404),
    ] {
        let response = send(&client, Method::HEAD, &path, &[]).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(header(&response, "content-type"), "application/json", "{path}");
        assert!(response.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_of_a_stream_ends_at_once() {
    let system = System::builder().workers(0).start().await;
    let id = system.client().submit().await;
    let mut socket = TcpStream::connect(("127.0.0.1", system.gateways[0].port)).await.unwrap();
    // Although the search goes on, the connection answers the next requests at once.
    let head = format!("HEAD {SEARCH}/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n").repeat(3);
    let live = "GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    socket.write_all(format!("{head}{live}").as_bytes()).await.unwrap();
    let mut response = String::new();
    let read = socket.read_to_string(&mut response);
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("all requests are answered").unwrap();
    let responses: Vec<_> = response.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
    assert_eq!(responses.len(), 4, "{response}");
    for head in &responses[..3] {
        assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");
        assert!(head.ends_with("\r\n\r\n"), "no body: {head}");
    }
    assert!(responses[3].ends_with(r#""data":{"status":"live"}}"#), "{}", responses[3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_lists_the_allowed_methods() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = uuid::Uuid::new_v4();
    for (path, allowed) in [
        (SEARCH.to_owned(), "POST"),
        (format!("{SEARCH}/{id}"), "GET,HEAD,DELETE"),
        (format!("{SEARCH}/{id}/stream"), "GET,HEAD"),
        ("/health/ready".to_owned(), "GET,HEAD"),
    ] {
        let preflight = [("origin", "https://a.example"), ("access-control-request-method", "POST")];
        for headers in [&[] as &[_], &preflight] {
            let response = send(&client, Method::OPTIONS, &path, headers).await;
            assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
            assert_eq!(header(&response, "allow"), allowed, "{path}");
            assert_eq!(header(&response, "access-control-allow-origin"), "", "no CORS by default");
        }
        let response = send(&client, Method::TRACE, &path, &[]).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(header(&response, "allow"), allowed, "{path}");
    }
    assert_eq!(send(&client, Method::OPTIONS, "/nothing", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn allowed_origins_may_use_the_api() {
    let allowed = "https://a.example,http://localhost:3000";
    let system = System::builder().set("CORS_ALLOWED_ORIGINS", allowed).start().await;
    let client = system.client();
    let id = client.submit().await;
    let stream = format!("{SEARCH}/{id}/stream");

    let ask = ("access-control-request-method", "POST");
    let response = send(&client, Method::OPTIONS, SEARCH, &[("origin", "http://localhost:3000"), ask]).await;
    assert!(response.status().is_success());
    assert_eq!(header(&response, "access-control-allow-origin"), "http://localhost:3000");
    assert_eq!(header(&response, "access-control-allow-methods"), "GET,HEAD,POST,DELETE");
    for name in ["content-type", "last-event-id", "idempotency-key", "cache-control"] {
        assert!(header(&response, "access-control-allow-headers").contains(name), "{name}");
    }
    // Streams and errors have the headers too.
    for (path, status) in [(stream.as_str(), 200), ("/api/flights/search/nonsense", 400), ("/nothing", 404)] {
        let response = send(&client, Method::GET, path, &[("origin", "https://a.example")]).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), "https://a.example", "{path}");
        assert_eq!(header(&response, "access-control-expose-headers"), "x-request-id,retry-after", "{path}");
        let vary =
            response.headers().get_all("vary").iter().any(|value| value.to_str().unwrap().contains("origin"));
        assert!(vary, "{path}");
        let response = send(&client, Method::GET, path, &[("origin", "https://b.example")]).await;
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_origin_may_be_allowed() {
    let system = System::builder().workers(0).set("CORS_ALLOWED_ORIGINS", "*").start().await;
    let response =
        send(&system.client(), Method::GET, "/health/live", &[("origin", "https://b.example")]).await;
    assert_eq!(header(&response, "access-control-allow-origin"), "*");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_has_a_request_id() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = client.submit().await;
    for (method, path) in [
        (Method::GET, "/health/live".to_owned()),
        (Method::GET, "/nothing".to_owned()),
        (Method::PUT, SEARCH.to_owned()),
        (Method::OPTIONS, SEARCH.to_owned()),
        (Method::GET, format!("{SEARCH}/{id}/stream")),
        (Method::POST, SEARCH.to_owned()),
    ] {
        let own = [("x-request-id", "mine-1")];
        let response = send(&client, method.clone(), &path, &own).await;
        assert_eq!(header(&response, "x-request-id"), "mine-1", "{method} {path}");
        for bad in ["two words", &"x".repeat(129), ""] {
            let response = send(&client, method.clone(), &path, &[("x-request-id", bad)]).await;
            let generated = header(&response, "x-request-id");
            assert!(generated.len() == 32 && generated != bad, "{method} {path} {bad:?}: {generated}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_the_client_of_a_request() {
    for format in ["text", "json"] {
        let mut system = System::builder().workers(0).set("LOG_FORMAT", format).start().await;
        let client = system.client();
        client.post_with(&example(), &[("x-request-id", "accepted-1")]).await;
        system.redis.kill().await;
        client.post_with(&example(), &[("x-request-id", "unlucky-1")]).await;
        let log = system.gateways[0].service.log();
        let line = |id: &str| log.lines().find(|line| line.contains(id)).unwrap_or_default().to_owned();
        assert!(line("accepted-1").contains("search accepted"), "{log}");
        assert!(line("unlucky-1").contains("a request failed"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_not_http_are_refused() {
    let system = System::builder().workers(0).start().await;
    let long = "x".repeat(20_000);
    for (request, status) in [
        ("nonsense\r\n\r\n".to_owned(), " 400 "),
        (format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"), " 4"),
        (format!("GET / HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n"), " 431 "),
        ("POST /api/flights/search HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".to_owned(), " 400 "),
    ] {
        let mut socket = TcpStream::connect(("127.0.0.1", system.gateways[0].port)).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        let read = socket.read_to_end(&mut response);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await.expect("the connection ends");
        let response = String::from_utf8_lossy(&response).into_owned();
        assert!(response.starts_with(&format!("HTTP/1.1{status}")), "{read:?} {response:?}");
    }
    let (status, response): (_, Value) = system.client().get("/health/live").await;
    assert_eq!(status, StatusCode::OK, "{response}");
}
