use std::{sync::atomic::Ordering, time::Duration};

use sse_server::{ClientLimit, MAX_OVERFLOW, Settings};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::kit::{PLAIN, Running, settings, start_with};

const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: test\r\n\r\n";

async fn limited(max_connections: usize, per_client: usize) -> Running {
    let settings = Settings { max_connections, ..settings() };
    start_with(settings, ClientLimit::new(per_client, Vec::new()), |stream| stream).await
}

/// Waits until this many connections were refused.
async fn refused(server: &Running, count: usize) {
    let counted = async {
        while server.refused.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), counted).await.expect("all refusals are counted");
    assert_eq!(server.refused.load(Ordering::Relaxed), count);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused_until_one_closes() {
    let server = limited(2, 0).await;
    let streams = [server.follow().await, server.follow().await];
    let response = server.send(PLAIN).await.read_all().await;
    assert!(response.starts_with("HTTP/1.1 503 ") && response.ends_with("refused"), "{response}");
    refused(&server, 1).await;
    let response = server.send(HEALTH).await.read_all().await;
    assert!(response.ends_with("healthy"), "{response}");
    drop(streams);
    server.events.no_subscriber().await;
    // Their connections close soon after.
    let accepted = async {
        let mut refusals = 1;
        while server.send(PLAIN).await.read_to("\r\n\r\n").await.starts_with("HTTP/1.1 503 ") {
            refusals += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        refusals
    };
    let refusals = timeout(Duration::from_secs(10), accepted).await.expect("there is room again");
    server.send(PLAIN).await.read_to("\r\n\r\nplain").await;
    refused(&server, refusals).await;
}

#[tokio::test]
async fn a_client_beyond_its_limit_gets_429() {
    let server = limited(100, 1).await;
    let stream = server.follow().await;
    let response = server.send(PLAIN).await.read_all().await;
    assert!(response.starts_with("HTTP/1.1 429 "), "{response}");
    drop(stream);
}

#[tokio::test]
async fn idle_connections_beyond_the_limit_block_no_other_client() {
    let server = limited(1, 0).await;
    let stream = server.follow().await;
    let mut idle = Vec::new();
    for _ in 0..MAX_OVERFLOW + 20 {
        idle.push(server.connect().await);
    }
    assert!(server.send(HEALTH).await.read_all().await.ends_with("healthy"));
    assert!(server.send(PLAIN).await.read_all().await.ends_with("refused"));
    // The server has dropped the oldest ones, and drops the others soon.
    for client in &mut idle {
        assert_eq!(client.socket().read(&mut [0]).await.unwrap(), 0);
    }
    refused(&server, MAX_OVERFLOW + 21).await;
    drop(stream);
}
