use std::time::Duration;

use flate2::read::GzDecoder;
use sse_server::{ClientLimit, Coding, EventStream};
use tokio::io::AsyncWriteExt;

use crate::kit::{Client, PLAIN, Running, STREAM, settings, start_with};

async fn start_gzip(adapt: impl Fn(EventStream) -> EventStream + Clone + Send + Sync + 'static) -> Running {
    start_with(settings(), ClientLimit::none(), move |stream| adapt(stream.coding(Coding::Gzip))).await
}

/// A client that has read the head, and the first chunk.
async fn follow(server: &Running) -> (Client, Vec<u8>) {
    let mut client = server.send(STREAM).await;
    let head = client.read_to("\r\n\r\n").await;
    assert!(
        head.contains("content-encoding: gzip\r\n") && head.contains("vary: accept-encoding\r\n"),
        "{head}"
    );
    let first = client.read_chunk().await;
    (client, first)
}

/// Reads the rest of the response.
async fn rest(client: &mut Client, mut body: Vec<u8>) -> String {
    loop {
        let chunk = client.read_chunk().await;
        if chunk.is_empty() {
            return std::io::read_to_string(GzDecoder::new(&body[..])).unwrap();
        }
        body.extend(chunk);
    }
}

#[tokio::test]
async fn a_compressed_stream_ends_with_its_trailer_and_another_request_may_follow() {
    let server = start_gzip(|stream| stream).await;
    let (mut early, first) = follow(&server).await;
    let event = format!("data: {}\n\n", "offer ".repeat(1000));
    server.events.publish(event.clone());
    let shared = early.read_chunk().await;
    assert!(shared.len() * 10 < event.len(), "{}", shared.len());
    let (mut late, second) = follow(&server).await;
    server.events.publish(event.clone());
    assert_eq!(late.read_chunk().await, shared, "the same bytes");
    assert_eq!(early.read_chunk().await, shared);
    server.events.end();
    let text = rest(&mut early, [first, shared.clone(), shared.clone()].concat()).await;
    assert_eq!(text, format!("retry: 1000\n{event}{event}"));
    assert_eq!(rest(&mut late, [second, shared].concat()).await, format!("retry: 1000\n{event}"));
    early.send(PLAIN).await;
    early.read_to("\r\n\r\nplain").await;
}

#[tokio::test]
async fn what_the_server_says_itself_is_encoded_too() {
    let server = start_gzip(|stream| stream.heartbeat(Duration::from_millis(50))).await;
    let (mut client, mut body) = follow(&server).await;
    body.extend(client.read_chunk().await);
    client.socket().shutdown().await.unwrap();
    body.extend(client.read_chunk().await);
    server.stop.cancel();
    let text = rest(&mut client, body).await;
    let (first, text) = text.split_once('\n').unwrap();
    assert_eq!(first, "retry: 1000");
    let (beats, last) = text.rsplit_once(":\n").unwrap();
    assert!(beats.split_inclusive('\n').all(|beat| beat == ":\n"), "{text:?}");
    assert!(last.starts_with("retry: ") && last.ends_with('\n') && last.lines().count() == 1, "{text:?}");
}

#[tokio::test]
async fn a_stream_that_hyper_writes_is_encoded_too() {
    let server = start_gzip(|stream| stream).await;
    let mut client = server.send("GET /stream HTTP/1.1\r\nhost: test\r\ncontent-length: 3\r\n\r\nabc").await;
    let head = client.read_to("\r\n\r\n").await;
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    let first = client.read_chunk().await;
    server.events.end();
    assert_eq!(rest(&mut client, first).await, "retry: 1000\n");
}
