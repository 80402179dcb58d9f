//! Connections whose other side is silent, slow or gone.

use std::{io::Write, time::Duration};

use rustix::process::Signal;
use test_kit::{System, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stream_has_a_heartbeat_every_fifteen_seconds() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow(&id).await;
    assert_eq!(stream.line().await.as_deref(), Some("retry: 1000\n"));
    let start = std::time::Instant::now();
    assert_eq!(stream.line().await.as_deref(), Some(":\n"));
    assert!((10.0..29.0).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_nothing_is_disconnected() {
    let system = System::builder().workers(0).set("PEER_TIMEOUT_MS", "1000").start().await;
    let client = system.client();
    let id = client.submit().await;
    let gateway = &system.gateways[0];
    let sockets = || {
        let open = std::fs::read_dir(format!("/proc/{}/fd", gateway.service.pid().unwrap())).unwrap();
        open.filter(|fd| {
            let target = std::fs::read_link(fd.as_ref().unwrap().path()).unwrap_or_default();
            target.to_string_lossy().starts_with("socket:")
        })
        .count()
    };
    let mut silent = std::net::TcpStream::connect(("127.0.0.1", gateway.port)).unwrap();
    let request = format!("GET /api/flights/search/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n");
    silent.write_all(request.as_bytes()).unwrap();
    let before = eventually("the stream is open", async || {
        let mut start = [0; 12];
        (silent.peek(&mut start).unwrap() > 0).then(&sockets)
    })
    .await;
    // More than any socket buffer holds.
    let results = format!("[\"{}\"]", "x".repeat(30_000_000));
    system
        .redis
        .add("flight.search.results", &[("search_id", &id), ("status", "completed"), ("results", &results)])
        .await;
    eventually("the gateway has closed the connection", async || (sockets() < before).then_some(())).await;
    assert_eq!(client.get("/health/live").await.0, 200, "it serves others");
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_paused_keeps_serving() {
    let system = System::start().await;
    let client = system.client();
    let id = client.submit().await;
    let stream = client.follow(&id).await;
    system.gateways[0].service.signal(Signal::STOP);
    eventually("the search has ended while the gateway is paused", async || {
        let log = system.redis.entries("flight.search.results").await;
        log.iter().any(|entry| entry.contains_key("results")).then_some(())
    })
    .await;
    system.gateways[0].service.signal(Signal::CONT);
    let events =
        tokio::time::timeout(Duration::from_secs(20), stream.all()).await.expect("the stream ends at once");
    assert_eq!(events.len(), 1);
}
