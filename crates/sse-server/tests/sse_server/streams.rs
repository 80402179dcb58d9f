use std::{sync::Arc, time::Duration};

use socket2::SockRef;
use sse_server::{ClientLimit, EventStream, Settings};
use tokio::{io::AsyncWriteExt, time::timeout};

use crate::kit::{LARGE, OPENED, PLAIN, STREAM, settings, start, start_with};

#[tokio::test]
async fn a_stream_is_chunked_and_another_request_may_follow_it() {
    let server = start().await;
    let mut client = server.connect().await;
    for _ in 0..2 {
        client.send(STREAM).await;
        let head = client.read_to(OPENED).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"), "{head}");
        assert!(head.contains("\r\ntransfer-encoding: chunked\r\ndate: "), "{head}");
        assert!(!head.contains("connection: ") && !head.contains("content-length"), "{head}");
        server.events.publish("data: 1\n\n");
        assert_eq!(client.read_to("data: 1\n\n\r\n").await, "9\r\ndata: 1\n\n\r\n");
        server.events.end();
        assert_eq!(client.read_to("0\r\n\r\n").await, "0\r\n\r\n");
        client.send(PLAIN).await;
        assert!(client.read_to("\r\n\r\nplain").await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
}

#[tokio::test]
async fn every_subscriber_gets_each_event() {
    let server = start().await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(server.follow().await);
    }
    server.events.publish("data: 1\n\n");
    for client in &mut clients {
        client.read_to("data: 1\n\n\r\n").await;
    }
}

#[tokio::test]
async fn a_silent_stream_has_heartbeats() {
    let beat = |stream: EventStream| stream.heartbeat(Duration::from_millis(50));
    let server = start_with(settings(), ClientLimit::none(), beat).await;
    let mut client = server.follow().await;
    for _ in 0..3 {
        assert_eq!(client.read_to(":\n\r\n").await, "2\r\n:\n\r\n");
    }
}

#[tokio::test]
async fn a_stream_that_reaches_its_maximum_age_asks_its_client_to_reconnect() {
    let age = |stream: EventStream| stream.max_age(Duration::from_millis(50));
    let server = start_with(settings(), ClientLimit::none(), age).await;
    let mut client = server.follow().await;
    let rest = client.read_to("0\r\n\r\n").await;
    assert!(rest.contains("\r\nretry: ") && rest.ends_with("\n\r\n0\r\n\r\n"), "{rest:?}");
}

#[tokio::test]
async fn a_stream_ends_when_its_client_disconnects() {
    let server = start().await;
    drop(server.follow().await);
    server.events.no_subscriber().await;
}

#[tokio::test]
async fn a_half_closed_client_gets_its_responses_to_their_end() {
    let server = start().await;
    for requests in [vec![PLAIN], vec![STREAM], vec![PLAIN, STREAM, PLAIN]] {
        let mut client = server.send(&requests.concat()).await;
        client.socket().shutdown().await.unwrap();
        if requests.contains(&STREAM) {
            client.read_to(OPENED).await;
            // The comment with which the server checks whether the client still reads.
            client.read_to("2\r\n:\n\r\n").await;
        }
        server.events.end();
        let rest = client.read_all().await;
        let end = if requests.ends_with(&[PLAIN]) { "plain" } else { "0\r\n\r\n" };
        assert!(rest.ends_with(end), "{requests:?}: {rest:?}");
    }
}

#[tokio::test]
async fn a_half_closed_client_that_disconnects_is_noticed() {
    let server = start().await;
    let mut client = server.follow().await;
    client.socket().shutdown().await.unwrap();
    client.read_to("2\r\n:\n\r\n").await;
    SockRef::from(&*client.socket()).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    server.events.no_subscriber().await;
}

#[tokio::test]
async fn a_middlewares_guard_in_the_body_lives_as_long_as_the_stream() {
    let server = start().await;
    let held = || Arc::strong_count(&server.guard);
    let before = held();
    let client = server.follow().await;
    assert_eq!(held(), before + 1);
    drop(client);
    server.events.no_subscriber().await;
    let released = async {
        while held() > before {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(5), released).await.expect("the guard is released");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() {
    let server = start_with(
        Settings { write_timeout: Duration::from_millis(300), ..settings() },
        ClientLimit::none(),
        |stream| stream,
    )
    .await;
    let slow = server.follow().await;
    server.events.publish(vec![b'x'; LARGE]);
    server.events.no_subscriber().await;
    drop(slow);
}

#[tokio::test]
async fn a_slow_client_that_keeps_reading_gets_all_of_it() {
    let server = start_with(
        Settings { write_timeout: Duration::from_secs(2), ..settings() },
        ClientLimit::none(),
        |stream| stream,
    )
    .await;
    let mut slow = server.follow().await;
    server.events.publish(vec![b'x'; LARGE]);
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        slow.read_exact(LARGE / 10).await;
    }
}

#[tokio::test]
async fn a_stream_over_http_1_0_or_with_a_request_body_is_written_by_hyper() {
    let server = start().await;
    for request in [
        "GET /stream HTTP/1.0\r\n\r\n",
        "GET /stream HTTP/1.1\r\nhost: test\r\nconnection: Close\r\n\r\n",
        "GET /stream HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc",
    ] {
        let mut client = server.send(request).await;
        let head = client.read_to("retry: 1000\n").await;
        assert_eq!(head.contains("chunked"), head.starts_with("HTTP/1.1"), "{head}");
        server.events.publish("data: 1\n\n");
        client.read_to("data: 1\n\n").await;
        server.events.end();
        client.read_all().await;
    }
}

#[tokio::test]
async fn head_of_a_stream_has_no_body_and_no_length() {
    let server = start().await;
    let mut client = server.send(&STREAM.replace("GET", "HEAD").repeat(2)).await;
    client.send(PLAIN).await;
    let text = client.read_to("\r\n\r\nplain").await;
    let heads: Vec<_> = text.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
    assert_eq!(heads.len(), 3, "{text}");
    for head in &heads[..2] {
        assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");
        assert!(!head.contains("content-length") && head.ends_with("\r\n\r\n"), "{head}");
    }
}
