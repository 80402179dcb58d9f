//! Clients that close their end for writing after their request, as `nc -N` does, and wait for the answer.

use std::time::Duration;

use test_kit::{System, client::example, wait::within};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends a request, sends no more, and reads to the end of the connection.
async fn last_request(port: u16, request: &str) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = String::new();
    timeout(Duration::from_secs(30), socket.read_to_string(&mut answer)).await.expect("it ends").unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn it_gets_its_answer_and_its_stream_to_the_end() {
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
    let told = last_request(port, &stream).await;
    assert!(told.contains("\"status\":\"completed\"") && told.ends_with("\r\n0\r\n\r\n"), "{told}");
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
    while !head.ends_with(b"retry: 1000\n\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert_eq!(client.open(&id, "", None).await.status(), 429);
    // All that came has been read, so its end looks like that of one who still reads.
    drop(socket);
    // Sooner than the comment that a silent stream has every 15 s.
    within(Duration::from_secs(10), "another may follow", async || {
        (client.open(&id, "", None).await.status() == 200).then_some(())
    })
    .await;
}
