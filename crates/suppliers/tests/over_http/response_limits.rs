//! Responses that are too long, too slow, or long but valid.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::header::CONTENT_LENGTH,
    response::{IntoResponse, Response},
    routing::get,
};
use contracts::{SearchId, SupplierStatus, outcome::Answer};
use suppliers::SupplierClient;
use traces::Span;

use crate::{
    support::{ask, flights, http_client, query, status},
    test_server::TestServer,
};

const MIB: usize = 1024 * 1024;

/// 50 MiB in chunks of 64 KiB. Adds the bytes sent to `sent`.
fn flood(sent: Arc<AtomicUsize>) -> Body {
    let chunk = Bytes::from(vec![b' '; MIB / 16]);
    Body::from_stream(tokio_stream::iter((0..50 * 16).map(move |_| {
        sent.fetch_add(chunk.len(), Ordering::SeqCst);
        Ok::<_, std::io::Error>(chunk.clone())
    })))
}

#[tokio::test]
async fn a_body_of_50_mib_is_cut_off_with_or_without_content_length() {
    for has_content_length in [true, false] {
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let handler = move || async move {
            let body = flood(counter);
            if has_content_length {
                ([(CONTENT_LENGTH, (50 * MIB).to_string())], body).into_response()
            } else {
                Response::new(body)
            }
        };
        let server = TestServer::start(Router::new().route("/", get(handler))).await;
        assert_eq!(status(&http_client(&server.url, "")).await, SupplierStatus::Error);
        assert_eq!(server.calls.count(), 1, "a retry would be as long");
        tokio::time::sleep(Duration::from_millis(100)).await;
        // More than the limit, because of what was in the connection's buffers.
        assert!(sent.load(Ordering::SeqCst) < 20 * MIB, "{} bytes", sent.load(Ordering::SeqCst));
    }
}

#[tokio::test]
async fn the_file_sets_the_longest_response() {
    let body = flights(10).to_string();
    let length = body.len();
    let handler = move || async move { body };
    let server = TestServer::start(Router::new().route("/", get(handler))).await;
    let status = async |limit: usize| {
        status(&http_client(&server.url, &format!("max_response_bytes = {limit}"))).await
    };
    assert_eq!(status(length).await, SupplierStatus::Ok);
    assert_eq!(status(length - 1).await, SupplierStatus::Error);
}

#[tokio::test]
async fn a_body_that_stalls_is_a_timeout() {
    let handler = || async {
        let start = tokio_stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"flights\": ["))]);
        Response::new(Body::from_stream(tokio_stream::StreamExt::chain(start, tokio_stream::pending())))
    };
    let server = TestServer::start(Router::new().route("/", get(handler))).await;
    let answer = ask(&http_client(&server.url, "timeout_ms = 300\nretries = 0")).await;
    assert_eq!(answer.report.status, SupplierStatus::Timeout);
    assert!((300..10_000).contains(&answer.report.elapsed_ms), "{}", answer.report.elapsed_ms);
}

#[tokio::test]
async fn a_response_with_10_000_offers_blocks_no_other_task() {
    let body = Bytes::from(flights(10_000).to_string());
    assert!((3_000_000..4 * MIB).contains(&body.len()), "{}", body.len());
    let server = TestServer::start(Router::new().route("/", get(move || async move { body }))).await;
    let client = http_client(&server.url, "");
    let mut attempts = Vec::new();
    // A busy machine may hold a task up as well, but not each time.
    for _ in 0..5 {
        let (answer, longest) = ask_and_watch(&client).await;
        assert_eq!((answer.report.status, answer.report.offers), (SupplierStatus::Ok, 10_000));
        let elapsed = Duration::from_millis(answer.report.elapsed_ms);
        let mut kept = answer.offers;
        kept.sort_by_key(|offer| offer.price);
        assert!(kept.len() < 400 && kept.iter().take(200).map(|offer| offer.price).eq(1_000_000..1_000_200));
        if longest < Duration::from_millis(50).max(elapsed / 2) {
            return;
        }
        attempts.push((longest, elapsed));
    }
    panic!("the longest pauses and how long the calls took: {attempts:?}");
}

/// Asks the supplier. Returns how long another task on this thread was kept from running meanwhile, too.
async fn ask_and_watch(client: &SupplierClient) -> (Answer, Duration) {
    let done = Arc::new(AtomicBool::new(false));
    let watch = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            let (mut longest, mut last) = (Duration::ZERO, Instant::now());
            while !done.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(1)).await;
                longest = longest.max(last.elapsed());
                last = Instant::now();
            }
            longest
        }
    });
    let answer = ask(client).await;
    done.store(true, Ordering::SeqCst);
    (answer, watch.await.unwrap())
}

#[tokio::test]
async fn dropping_a_search_closes_its_connection() {
    let handler = || async { std::future::pending::<()>().await };
    let server = TestServer::start(Router::new().route("/", get(handler))).await;
    let client = http_client(&server.url, "");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    let open = async |calls: usize| {
        while server.calls.open() != calls {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (query, span) = (query(), Span::none());
    tokio::select! {
        answer = client.ask(SearchId::random(), &query, deadline, &span) => panic!("{answer:?}"),
        () = open(1) => {}
    }
    assert_eq!(server.calls.count(), 1);
    let closed = tokio::time::timeout(Duration::from_secs(10), open(0)).await;
    closed.expect("the server no longer handles a cancelled call");
}
