//! At its limit of connections, a gateway serves those it has, answers health probes, and leaves room for other
//! clients.

use std::time::Duration;

use serde_json::Value;
use test_kit::{Gateway, System, client::example, eventually, wait::within};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// A connection from any of this host's addresses.
async fn connect(from: &str, gateway: &Gateway) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(format!("127.0.0.1:{}", gateway.port).parse().unwrap()).await.unwrap()
}

/// The first part of the response to a request.
async fn ask(socket: &mut TcpStream, path: &str, header: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{header}\r\n");
    // This fails if the gateway has closed the connection; the response is empty then.
    let _ = socket.write_all(request.as_bytes()).await;
    let mut response = vec![0; 4096];
    let length = timeout(Duration::from_secs(30), socket.read(&mut response)).await.expect("a response");
    String::from_utf8_lossy(&response[..length.unwrap_or(0)]).into_owned()
}

/// The response to a request on a new connection.
async fn ask_on_new_connection(gateway: &Gateway, from: &str, path: &str) -> String {
    ask(&mut connect(from, gateway).await, path, "").await
}

/// Opens streams from this address until one is refused. Returns the open ones and the refusal.
async fn fill(gateway: &Gateway, from: &str, id: &str) -> (Vec<TcpStream>, String) {
    let mut streams = Vec::new();
    loop {
        let mut socket = connect(from, gateway).await;
        let response = ask(&mut socket, &format!("/api/flights/search/{id}/stream"), "").await;
        if !response.starts_with("HTTP/1.1 200 ") {
            return (streams, response);
        }
        streams.push(socket);
    }
}

fn assert_refused(response: &str, status: u16, code: &str) {
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{response:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("\r\nretry-after: 1") && head.contains("\r\nx-request-id: "), "{response}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap()["code"], code);
}

async fn logged(gateway: &Gateway, code: &str) {
    eventually("the refusals are logged", async || {
        let log = gateway.service.log();
        let line = log.lines().find(|line| line.contains("clients were refused") && line.contains(code))?;
        line.contains("WARN").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_gateway_answers_health_checks_and_serves_its_streams() {
    let system = System::builder().workers(0).set("MAX_CONNECTIONS", "20").start().await;
    let gateway = &system.gateways[0];
    let id = gateway.client().submit().await;
    let (mut streams, refused) = fill(gateway, "127.0.0.1", &id).await;
    assert!((15..=20).contains(&streams.len()), "{}", streams.len());
    assert_refused(&refused, 503, "too_many_connections");
    for path in ["/health/live", "/health/ready"].repeat(20) {
        let response = ask_on_new_connection(gateway, "127.0.0.1", path).await;
        assert!(response.starts_with("HTTP/1.1 200 ") && response.contains("\"success\":true"), "{response}");
    }
    assert_refused(
        &ask_on_new_connection(gateway, "127.0.0.1", "/api/suppliers").await,
        503,
        "too_many_connections",
    );
    logged(gateway, "too_many_connections").await;
    let lines = gateway.service.log().matches("clients were refused").count();
    assert!(lines <= 3, "refusals are logged one by one: {lines}");

    // The streams are still open, and a closed one frees its permit.
    let mut one = streams.pop().unwrap();
    // No data yet, or a comment: the stream has not ended.
    let read = timeout(Duration::from_millis(50), one.read(&mut [0])).await;
    assert!(read.is_err() || matches!(read, Ok(Ok(1))), "{read:?}");
    drop(one);
    eventually("there is room again", async || {
        ask_on_new_connection(gateway, "127.0.0.1", "/api/suppliers")
            .await
            .starts_with("HTTP/1.1 200 ")
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_are_closed_and_block_no_health_check() {
    let system = System::builder().workers(0).set("MAX_CONNECTIONS", "20").start().await;
    let gateway = &system.gateways[0];
    let mut idle = Vec::new();
    for n in 0..400 {
        let mut socket = connect("127.0.0.1", gateway).await;
        if n % 2 == 0 {
            // Half a request does not make a connection active.
            let _ = socket.write_all(b"GET /health/live HTTP/1.1\r\n").await;
        }
        idle.push(socket);
    }
    let health = ask_on_new_connection(gateway, "127.0.0.1", "/health/live").await;
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    // Much sooner than the 30 s that idle connections get while permits are plentiful.
    within(Duration::from_secs(15), "a search is accepted", async || {
        let posted = gateway.client().post(&example()).await.0;
        (posted == 200).then_some(())
    })
    .await;
    drop(idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_leaves_room_for_the_others() {
    let limits = System::builder().workers(0).set("MAX_CONNECTIONS", "40");
    let system = limits.set("MAX_CONNECTIONS_PER_CLIENT", "10").start().await;
    let gateway = &system.gateways[0];
    let id = gateway.client().submit().await;
    let (streams, refused) = fill(gateway, "127.0.0.2", &id).await;
    assert_eq!(streams.len(), 10);
    assert_refused(&refused, 429, "too_many_from_client");
    let health = ask_on_new_connection(gateway, "127.0.0.2", "/health/live").await;
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    assert_eq!(gateway.client().post(&example()).await.0, 200, "another client has room");
    logged(gateway, "too_many_from_client").await;
    drop(streams);
    eventually("the client has room again", async || {
        ask_on_new_connection(gateway, "127.0.0.2", "/api/suppliers")
            .await
            .starts_with("HTTP/1.1 200 ")
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_the_forwarded_clients_requests_count() {
    let limits = System::builder().workers(0).set("MAX_CONNECTIONS_PER_CLIENT", "2");
    let system = limits.set("TRUSTED_PROXIES", "127.0.0.1").start().await;
    let gateway = &system.gateways[0];
    let id = gateway.client().submit().await;
    let path = format!("/api/flights/search/{id}/stream");
    let open = async |client: &str, path: &str| {
        let mut socket = connect("127.0.0.1", gateway).await;
        let response = ask(&mut socket, path, &format!("x-forwarded-for: {client}\r\n")).await;
        (socket, response)
    };
    let mut streams = Vec::new();
    // All addresses of an IPv6 /64 network are one client.
    for client in ["2001:db8::1", "2001:db8::2"] {
        let (socket, response) = open(client, &path).await;
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        streams.push(socket);
    }
    assert_refused(&open("2001:db8::3", "/api/suppliers").await.1, 429, "too_many_from_client");
    assert!(open("2001:db8::3", "/health/ready").await.1.starts_with("HTTP/1.1 200 "));
    assert!(open("2001:db8:0:1::1", "/api/suppliers").await.1.starts_with("HTTP/1.1 200 "));
    // The proxy's own requests, on any number of connections, count for no client.
    let mut own = Vec::new();
    for _ in 0..5 {
        let mut socket = connect("127.0.0.1", gateway).await;
        assert!(ask(&mut socket, &path, "").await.starts_with("HTTP/1.1 200 "));
        own.push(socket);
    }
    logged(gateway, "too_many_from_client").await;
    drop(streams);
    eventually("it has room again", async || {
        open("2001:db8::3", "/api/suppliers").await.1.starts_with("HTTP/1.1 200 ").then_some(())
    })
    .await;
}
