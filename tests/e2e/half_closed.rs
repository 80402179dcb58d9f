//! Clients that close their end for writing after their request, as `nc -N` does, and wait for the answer.

use std::time::Duration;

use e2e::{System, client::example, eventually};
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
    let post = format!(
        "POST /api/flights/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let accepted = last_request(port, &post).await;
    assert!(accepted.starts_with("HTTP/1.1 200 "), "{accepted}");
    let (_, rest) = accepted.split_once("\"search_id\":\"").unwrap();
    let (id, _) = rest.split_once('"').unwrap();

    let stream = format!("GET /api/flights/search/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n");
    let told = last_request(port, &stream).await;
    assert!(told.contains("\"status\":\"completed\"") && told.ends_with("\r\n0\r\n\r\n"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_has_gone_altogether_is_let_go_at_once() {
    let system = System::builder().workers(0).start().await;
    let gateway = &system.gateways[0];
    let id = gateway.client().submit().await;
    let sockets = || {
        let open = std::fs::read_dir(format!("/proc/{}/fd", gateway.service.pid().unwrap())).unwrap();
        let target = |fd: std::io::Result<std::fs::DirEntry>| std::fs::read_link(fd.unwrap().path());
        open.filter(|_| true)
            .map(target)
            .filter_map(Result::ok)
            .filter(|to| to.to_string_lossy().starts_with("socket:"))
            .count()
    };
    let before = sockets();
    let mut client = TcpStream::connect(("127.0.0.1", gateway.port)).await.unwrap();
    let request = format!("GET /api/flights/search/{id}/stream HTTP/1.1\r\nhost: x\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"retry: 1000\n\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    assert!(sockets() > before);
    // All that came has been read, so the end is told like that of one who still reads.
    drop(client);
    e2e::wait::within(Duration::from_secs(5), "the stream is let go of", async || {
        (sockets() <= before).then_some(())
    })
    .await;
    eventually("it serves on", async || (gateway.client().get("/health/live").await.0 == 200).then_some(()))
        .await;
}
