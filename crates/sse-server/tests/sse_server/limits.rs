use std::{sync::atomic::Ordering, time::Duration};

use sse_server::{ClientLimit, MAX_OVERFLOW, Settings};
use tokio::{io::AsyncReadExt, time::timeout};

use crate::kit::{PLAIN, Running, settings, start_with};

const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: test\r\n\r\n";

async fn limited(max_connections: usize, per_client: usize) -> Running {
    let settings = Settings { max_connections, ..settings() };
    start_with(settings, ClientLimit::new(per_client, Vec::new()), |stream| stream).await
}

/// Waits until so many connections were refused.
async fn refused(server: &Running, count: usize) {
    let counted = async {
        while server.refused.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), counted).await.expect("all are counted");
    assert_eq!(server.refused.load(Ordering::Relaxed), count);
}

#[tokio::test]
async fn connections_past_the_limit_are_refused_until_there_is_room() {
    let server = limited(2, 0).await;
    let streams = [server.follow().await, server.follow().await];
    let answer = server.send(PLAIN).await.read_all().await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.ends_with("refused"), "{answer}");
    refused(&server, 1).await;
    let answer = server.send(HEALTH).await.read_all().await;
    assert!(answer.ends_with("healthy"), "{answer}");
    drop(streams);
    server.events.no_subscriber().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.send(PLAIN).await.read_to("\r\n\r\nplain").await;
    refused(&server, 1).await;
}

#[tokio::test]
async fn a_client_past_its_limit_is_told_so() {
    let server = limited(100, 1).await;
    let stream = server.follow().await;
    let answer = server.send(PLAIN).await.read_all().await;
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    drop(stream);
}

#[tokio::test]
async fn idle_connections_past_the_limit_keep_nobody_out() {
    let server = limited(1, 0).await;
    let stream = server.follow().await;
    let mut idle = Vec::new();
    for _ in 0..MAX_OVERFLOW + 20 {
        idle.push(server.connect().await);
    }
    assert!(server.send(HEALTH).await.read_all().await.ends_with("healthy"));
    assert!(server.send(PLAIN).await.read_all().await.ends_with("refused"));
    // The first have been dropped, and all are before long.
    for client in &mut idle {
        assert_eq!(client.socket().read(&mut [0]).await.unwrap(), 0);
    }
    refused(&server, MAX_OVERFLOW + 21).await;
    drop(stream);
}
