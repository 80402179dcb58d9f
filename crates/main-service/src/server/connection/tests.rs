use std::{convert::Infallible, net::Ipv4Addr, time::Duration};

use axum::{body::Body, http::header::CONTENT_TYPE, routing::get};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::watch,
    time::timeout,
};

use super::{super::door::Door, *};
use crate::{TrustedProxies, clients::Clients};

const LIMITS: Limits =
    Limits { connections: 1, peer_timeout: Duration::from_secs(5), farewell: Duration::from_secs(5) };
const STREAM: &str = "GET /stream HTTP/1.1\r\nhost: test\r\n\r\n";
const PLAIN: &str = "GET /plain HTTP/1.1\r\nhost: test\r\n\r\n";

/// A connection to a server whose stream begins with one event, and has another and its end when `ending` says so.
async fn connect(ending: watch::Receiver<bool>) -> TcpStream {
    let events = move || {
        let mut ending = ending.clone();
        let last = stream::once(async move {
            let _ = ending.wait_for(|ended| *ended).await;
            Bytes::from_static(b"data: 2\n\n")
        });
        let frames = stream::iter([Bytes::from_static(b"data: 1\n\n")]).chain(last);
        async { ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames.map(Ok::<_, Infallible>))) }
    };
    let router = Router::new().route("/stream", get(events)).route("/plain", get(async || "plain"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (socket, peer) = listener.accept().await.unwrap();
    let clients = Clients::new(TrustedProxies::default(), 0);
    let place = Arc::new(Door::new(1, Arc::new(clients))).admit(peer.ip()).unwrap();
    tokio::spawn(serve(socket, place, router, LIMITS, CancellationToken::new()));
    client
}

/// Reads until the text ends so.
async fn read_to(client: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let byte = timeout(Duration::from_secs(5), client.read_u8()).await;
        text.push(char::from(byte.unwrap_or_else(|_| panic!("{text:?} goes on")).unwrap()));
    }
    text
}

#[tokio::test]
async fn a_stream_is_chunked_and_another_request_may_follow_it() {
    let (ending, ended) = watch::channel(false);
    let mut client = connect(ended).await;
    for _ in 0..2 {
        ending.send_replace(false);
        client.write_all(STREAM.as_bytes()).await.unwrap();
        let opened = read_to(&mut client, "9\r\ndata: 1\n\n\r\n").await;
        assert!(opened.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"), "{opened}");
        assert!(opened.contains("\r\ntransfer-encoding: chunked\r\ndate: "), "{opened}");
        ending.send_replace(true);
        assert_eq!(read_to(&mut client, "\r\n0\r\n\r\n").await, "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
        client.write_all(PLAIN.as_bytes()).await.unwrap();
        assert!(read_to(&mut client, "\r\n\r\nplain").await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
}

#[tokio::test]
async fn requests_sent_ahead_are_answered_in_their_turn() {
    let (ending, ended) = watch::channel(false);
    let mut client = connect(ended).await;
    client.write_all([PLAIN, STREAM, PLAIN].concat().as_bytes()).await.unwrap();
    read_to(&mut client, "\r\n\r\nplain").await;
    read_to(&mut client, "data: 1\n\n\r\n").await;
    client.write_all(PLAIN.as_bytes()).await.unwrap();
    ending.send_replace(true);
    read_to(&mut client, "\r\n0\r\n\r\n").await;
    read_to(&mut client, "\r\n\r\nplain").await;
    read_to(&mut client, "\r\n\r\nplain").await;
}

#[tokio::test]
async fn the_body_of_a_request_is_not_taken_for_the_next_one() {
    let (ending, ended) = watch::channel(false);
    let mut client = connect(ended).await;
    let head = format!("GET /stream HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n", PLAIN.len());
    client.write_all(head.as_bytes()).await.unwrap();
    read_to(&mut client, "data: 1\n\n\r\n").await;
    client.write_all(PLAIN.as_bytes()).await.unwrap();
    ending.send_replace(true);
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
}

#[tokio::test]
async fn a_client_that_wants_no_more_is_let_go() {
    let (ending, ended) = watch::channel(true);
    for request in
        ["GET /stream HTTP/1.1\r\nhost: test\r\nconnection: Close\r\n\r\n", "GET /stream HTTP/1.0\r\n\r\n"]
    {
        let mut client = connect(ended.clone()).await;
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("data: 1\n\n") && answer.contains("data: 2\n\n"), "{answer}");
        assert_eq!(answer.contains("chunked"), answer.starts_with("HTTP/1.1"), "{answer}");
    }
    drop(ending);
}

#[tokio::test]
async fn a_stream_ends_when_its_client_has_gone() {
    let (ending, ended) = watch::channel(false);
    let mut client = connect(ended).await;
    client.write_all(STREAM.as_bytes()).await.unwrap();
    read_to(&mut client, "data: 1\n\n\r\n").await;
    drop(client);
    timeout(Duration::from_secs(5), ending.closed()).await.expect("nobody waits for the end");
}

#[tokio::test]
async fn a_client_that_sends_no_more_has_its_answers_to_their_end() {
    let (ending, ended) = watch::channel(false);
    for requests in [vec![PLAIN], vec![STREAM], vec![PLAIN, STREAM, PLAIN]] {
        ending.send_replace(false);
        let mut client = connect(ended.clone()).await;
        client.write_all(requests.concat().as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        if requests.contains(&STREAM) {
            read_to(&mut client, "data: 1\n\n\r\n").await;
            // What shows whether it listens.
            read_to(&mut client, "3\r\n:\n\n\r\n").await;
        }
        ending.send_replace(true);
        let mut rest = String::new();
        let read = client.read_to_string(&mut rest);
        timeout(Duration::from_secs(5), read).await.expect("the connection ends").unwrap();
        let end = if requests.ends_with(&[PLAIN]) { "plain" } else { "data: 2\n\n\r\n0\r\n\r\n" };
        assert!(rest.ends_with(end), "{requests:?}: {rest:?}");
    }
}

#[tokio::test]
async fn a_client_that_sent_no_more_and_then_goes_is_noticed() {
    let (ending, ended) = watch::channel(false);
    let mut client = connect(ended).await;
    client.write_all(STREAM.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    read_to(&mut client, "3\r\n:\n\n\r\n").await;
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    timeout(Duration::from_secs(5), ending.closed()).await.expect("nobody waits for the end");
}
