use std::time::Duration;

use sse_server::{ClientLimit, EventStream, Settings};
use tokio::time::timeout;

use crate::kit::{LARGE, OPENED, PLAIN, STREAM, settings, start, start_with};

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start().await;
    let mut client = server.send(&[PLAIN, STREAM, PLAIN].concat()).await;
    client.read_to("\r\n\r\nplain").await;
    client.read_to(OPENED).await;
    client.send(PLAIN).await;
    server.events.end();
    client.read_to("0\r\n\r\n").await;
    client.read_to("\r\n\r\nplain").await;
    client.read_to("\r\n\r\nplain").await;
}

#[tokio::test]
async fn a_response_in_progress_comes_before_a_pipelined_stream() {
    let server = start().await;
    let bytes = format!("GET /bytes/{LARGE} HTTP/1.1\r\nhost: test\r\n\r\n");
    let mut client = server.send(&[&bytes, STREAM].concat()).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    client.read_to("\r\n\r\n").await;
    assert!(client.read_exact(LARGE).await.iter().all(|byte| *byte == b'x'));
    let head = client.read_to(OPENED).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"), "{head}");
}

/// hyper reads the next request when a body has ended, even if the head of its response is still in hyper's buffer.
#[tokio::test]
async fn a_response_sent_before_its_requests_body_arrived_comes_before_a_pipelined_stream() {
    let server = start().await;
    for length in [1, 16, 32, 64, 128, 256].map(|kib| kib * 1024) {
        let head = format!("POST /header/{length} HTTP/1.1\r\nhost: test\r\ncontent-length: 4\r\n\r\n");
        let mut client = server.send(&head).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.send(&["body", STREAM].concat()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let head = client.read_to("\r\n\r\n").await;
        assert!(head.len() > length, "{} of {length} bytes", head.len());
        let head = client.read_to(OPENED).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"), "{head}");
    }
}

#[tokio::test]
async fn the_body_of_a_request_is_not_parsed_as_the_next_request() {
    let server = start().await;
    let head = format!("GET /stream HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n", PLAIN.len());
    let mut client = server.send(&head).await;
    client.read_to("retry: 1000\n\r\n").await;
    client.send(PLAIN).await;
    server.events.end();
    assert_eq!(client.read_all().await, "0\r\n\r\n");
}

#[tokio::test]
async fn invalid_http_is_refused() {
    let server = start().await;
    for (request, status) in [
        ("nonsense\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(20_000)), 431),
    ] {
        let response = server.send(&request).await.read_to("\r\n\r\n").await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
    }
}

/// The idle timeout in these tests.
const IDLE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let settings = Settings { idle_timeout: IDLE, ..settings() };
    let server = start_with(settings, ClientLimit::none(), |stream| stream).await;
    for sent in ["", "GET /plain HTTP/1.1\r\n"] {
        assert_eq!(server.send(sent).await.read_all().await, "");
    }
    assert!(server.send(PLAIN).await.read_all().await.ends_with("plain"));
}

#[tokio::test]
async fn a_silent_stream_is_not_closed_as_idle() {
    let settings = Settings { idle_timeout: IDLE, ..settings() };
    let beat = |stream: EventStream| stream.heartbeat(Duration::from_mins(1));
    let server = start_with(settings, ClientLimit::none(), beat).await;
    for request in [STREAM, "GET /stream HTTP/1.0\r\n\r\n"] {
        let mut client = server.send(request).await;
        client.read_to("retry: 1000\n").await;
        let mut byte = [0];
        let ended = timeout(IDLE * 3, client.socket().peek(&mut byte)).await;
        assert!(!matches!(ended, Ok(Ok(0))), "{request:?} was closed");
        server.events.publish("data: 1\n\n");
        client.read_to("data: 1\n\n").await;
    }
}
