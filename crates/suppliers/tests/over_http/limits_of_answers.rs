//! Answers that are too long, too slow, or long but good.

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
use contracts::{SearchId, SupplierStatus};

use crate::{
    server::Server,
    support::{ask, flights, http_desk, query, status},
};

const MIB: usize = 1024 * 1024;

/// 50 MiB in chunks of 64 KiB; counts what is fetched of them.
fn flood(sent: Arc<AtomicUsize>) -> Body {
    let chunk = Bytes::from(vec![b' '; MIB / 16]);
    Body::from_stream(tokio_stream::iter((0..50 * 16).map(move |_| {
        sent.fetch_add(chunk.len(), Ordering::SeqCst);
        Ok::<_, std::io::Error>(chunk.clone())
    })))
}

#[tokio::test]
async fn a_body_of_50_mib_is_cut_whether_announced_or_not() {
    for announced in [true, false] {
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let handler = move || async move {
            let body = flood(counter);
            if announced {
                ([(CONTENT_LENGTH, (50 * MIB).to_string())], body).into_response()
            } else {
                Response::new(body)
            }
        };
        let server = Server::start(Router::new().route("/", get(handler))).await;
        assert_eq!(status(&http_desk(&server.url, "")).await, SupplierStatus::Error);
        assert_eq!(server.count.calls(), 1, "another call would be as long");
        tokio::time::sleep(Duration::from_millis(100)).await;
        // What was on its way when the connection was cut comes on top.
        assert!(sent.load(Ordering::SeqCst) < 20 * MIB, "{} bytes", sent.load(Ordering::SeqCst));
    }
}

#[tokio::test]
async fn the_file_sets_the_limit() {
    let body = flights(10).to_string();
    let length = body.len();
    let handler = move || async move { body };
    let server = Server::start(Router::new().route("/", get(handler))).await;
    let status =
        async |limit: usize| status(&http_desk(&server.url, &format!("max_response_bytes = {limit}"))).await;
    assert_eq!(status(length).await, SupplierStatus::Ok);
    assert_eq!(status(length - 1).await, SupplierStatus::Error);
}

#[tokio::test]
async fn a_body_that_stalls_is_a_timeout() {
    let handler = || async {
        let start = tokio_stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"flights\": ["))]);
        Response::new(Body::from_stream(tokio_stream::StreamExt::chain(start, tokio_stream::pending())))
    };
    let server = Server::start(Router::new().route("/", get(handler))).await;
    let answer = ask(&http_desk(&server.url, "timeout_ms = 300\nretries = 0")).await;
    assert_eq!(answer.report.status, SupplierStatus::Timeout);
    assert!((300..1000).contains(&answer.report.elapsed_ms), "{}", answer.report.elapsed_ms);
}

#[tokio::test]
async fn an_answer_with_10_000_offers_holds_nobody_up() {
    let body = Bytes::from(flights(10_000).to_string());
    assert!((3_000_000..4 * MIB).contains(&body.len()), "{}", body.len());
    let server = Server::start(Router::new().route("/", get(move || async move { body }))).await;
    let desk = http_desk(&server.url, "");

    // On this test's one thread, somebody else looks at the clock every now and then.
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
    let answer = ask(&desk).await;
    done.store(true, Ordering::SeqCst);
    let longest = watch.await.unwrap();
    assert_eq!((answer.report.status, answer.report.offers), (SupplierStatus::Ok, 10_000));
    let mut kept = answer.offers;
    kept.sort_by_key(|offer| offer.price);
    assert!(kept.len() < 400 && kept.iter().take(200).map(|offer| offer.price).eq(1_000_000..1_000_200));
    let elapsed = Duration::from_millis(answer.report.elapsed_ms);
    assert!(longest < Duration::from_millis(50).max(elapsed / 2), "{longest:?} of {elapsed:?}");
}

#[tokio::test]
async fn a_search_that_is_given_up_closes_its_call() {
    let handler = || async { std::future::pending::<()>().await };
    let server = Server::start(Router::new().route("/", get(handler))).await;
    let desk = http_desk(&server.url, "");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    let given_up =
        tokio::time::timeout(Duration::from_millis(200), desk.ask(SearchId::random(), &query(), deadline))
            .await;
    assert!(given_up.is_err());
    assert_eq!(server.count.calls(), 1);
    for _ in 0..100 {
        if server.count.open() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server still works on a call that nobody waits for");
}
