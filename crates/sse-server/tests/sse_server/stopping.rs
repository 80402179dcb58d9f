use std::time::Duration;

use sse_server::{ClientLimit, Settings};
use tokio::time::timeout;

use crate::kit::{LARGE, PLAIN, Running, settings, start, start_with};

async fn ends(server: Running) {
    timeout(Duration::from_secs(5), server.task).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn a_server_that_stops_asks_its_clients_to_reconnect_and_ends() {
    let server = start().await;
    let client = server.follow().await;
    let idle = server.connect().await;
    let mut kept = server.send(PLAIN).await;
    kept.read_to("\r\n\r\nplain").await;
    server.stop.cancel();
    let rest = client.read_all().await;
    assert!(rest.contains("retry: ") && rest.ends_with("\n\r\n0\r\n\r\n"), "{rest:?}");
    assert_eq!(idle.read_all().await, "");
    assert_eq!(kept.read_all().await, "");
    ends(server).await;
}

#[tokio::test]
async fn an_event_published_before_the_server_stops_is_sent() {
    let server = start().await;
    let client = server.follow().await;
    server.events.publish("data: 1\n\n");
    server.stop.cancel();
    let rest = client.read_all().await;
    assert!(rest.starts_with("9\r\ndata: 1\n\n\r\n") && rest.contains("retry: "), "{rest:?}");
    ends(server).await;
}

#[tokio::test]
async fn a_response_in_progress_is_finished() {
    let server = start().await;
    let mut client = server.send(&format!("GET /bytes/{LARGE} HTTP/1.1\r\nhost: test\r\n\r\n")).await;
    client.read_to("\r\n\r\n").await;
    server.stop.cancel();
    assert_eq!(client.read_all().await.len(), LARGE);
    ends(server).await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_does_not_delay_the_servers_end() {
    let settings = Settings { drain_timeout: Duration::from_millis(200), ..settings() };
    let server = start_with(settings, ClientLimit::none(), |stream| stream).await;
    let slow = server.follow().await;
    let half = server.send("GET /plain HTTP/1.1\r\n").await;
    server.events.publish(vec![b'x'; LARGE]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    ends(server).await;
    drop((slow, half));
}
