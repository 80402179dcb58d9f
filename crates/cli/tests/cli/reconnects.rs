//! A broken connection only costs time.

use std::time::Duration;

use axum::http::StatusCode;

use crate::{
    command::search,
    gateway::{Gateway, Then, Turn, end, end_data, offer, partial, retry, status},
};

fn the_end() -> Turn {
    Turn::Frames(vec![retry(10), end(3, &end_data("completed", &[offer()]))], Then::Ends)
}

fn after(ids: &[&str]) -> Vec<Option<String>> {
    ids.iter().map(|id| (!id.is_empty()).then(|| (*id).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_resumed_after_the_last_event() {
    let half = end(3, &end_data("completed", &[offer()]))[..60].to_owned();
    let gateway = Gateway::with([
        Turn::Frames(vec![retry(300), partial(1), partial(2), half], Then::Breaks),
        the_end(),
    ])
    .await;
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("GA57"), "{}", run.stdout);
    assert!(
        run.stderr.contains("the connection broke") && run.stderr.contains("again in 0.3 s"),
        "{}",
        run.stderr
    );

    let seen = gateway.seen();
    assert_eq!(seen.after, after(&["", "2"]));
    assert!(seen.streamed_at[1] - seen.streamed_at[0] >= Duration::from_millis(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_or_is_not_ready_is_tried_again() {
    let gateway = Gateway::with([
        Turn::Frames(vec![retry(10), partial(1), retry(5)], Then::Ends),
        status(StatusCode::SERVICE_UNAVAILABLE),
        status(StatusCode::BAD_GATEWAY),
        the_end(),
    ])
    .await;
    let run = search(&gateway.url, &["--json"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{}", run.stderr);
    assert_eq!(run.stderr.matches("trying again").count(), 3, "{}", run.stderr);
    assert_eq!(gateway.seen().after, after(&["", "1", "1", "1"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_204_before_the_end_makes_it_read_all_events_again() {
    let gateway = Gateway::with([
        Turn::Frames(vec![retry(10), partial(1)], Then::Breaks),
        status(StatusCode::NO_CONTENT),
        Turn::Frames(vec![partial(1), partial(2), end(3, &end_data("completed", &[offer()]))], Then::Ends),
    ])
    .await;
    let run = search(&gateway.url, &["--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 3, "no event twice: {}", run.stdout);
    assert_eq!(gateway.seen().after, after(&["", "1", ""]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_without_an_end_is_a_server_error() {
    let gateway = Gateway::with([status(StatusCode::NO_CONTENT)]).await;
    let run = search(&gateway.url, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_search_is_not_retried() {
    let gateway =
        Gateway::with([Turn::Frames(vec![retry(10)], Then::Breaks), status(StatusCode::NOT_FOUND)]).await;
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("no longer has this search"), "{}", run.stderr);
    assert_eq!(gateway.seen().after.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_gives_up_after_nine_connections() {
    let gateway = Gateway::with((0..99).map(|_| Turn::Frames(vec![retry(1)], Then::Ends))).await;
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(
        run.stderr.ends_with("flight-search: the connection broke: the stream ended early\n"),
        "{}",
        run.stderr
    );
    assert_eq!(gateway.seen().after.len(), 9);
}
