//! Clients that close their sending side after their request, as `nc -N` does, and wait for the response.

use std::time::Duration;

use test_kit::{System, client::example, wait::within};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends a request, closes the sending side, and reads to the end of the connection.
async fn last_request(port: u16, request: &str) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut response = String::new();
    timeout(Duration::from_secs(30), socket.read_to_string(&mut response))
        .await
        .expect("the connection ends")
        .unwrap();
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_closed_client_gets_its_response_and_its_whole_stream() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "500-1500").start().await;
    let port = system.gateways[0].port;
    let body = example().to_string();
    let request = format!(
        "POST /api/flights/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let accepted = last_request(port, &request).await;
    assert!(accepted.starts_with("HTTP/1.1 200 "), "{accepted}");
    let (_, rest) = accepted.split_once("\"search_id\":\"").unwrap();
    let (id, _) = rest.split_once('"').unwrap();

    let stream = format!("GET /api/flights/search/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n");
    let events = last_request(port, &stream).await;
    assert!(events.contains("\"status\":\"completed\"") && events.ends_with("\r\n0\r\n\r\n"), "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_connection_is_noticed_at_once() {
    let system = System::builder().workers(0).set("MAX_STREAMS_PER_SEARCH", "1").start().await;
    let gateway = &system.gateways[0];
    let client = gateway.client();
    let id = client.submit().await;
    let mut socket = TcpStream::connect(("127.0.0.1", gateway.port)).await.unwrap();
    let request = format!("GET /api/flights/search/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"retry: 1000\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert_eq!(client.open(&id, "", None).await.status(), 429);
    // The client has read everything, so closing sends a FIN and no reset, like that of a client that still reads.
    drop(socket);
    // Sooner than the next heartbeat, which comes every 15 s.
    within(Duration::from_secs(10), "another client may follow", async || {
        (client.open(&id, "", None).await.status() == 200).then_some(())
    })
    .await;
}
