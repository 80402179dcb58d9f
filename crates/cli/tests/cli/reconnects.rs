//! A broken connection costs nothing but time.

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
async fn a_connection_broken_in_the_middle_is_resumed_behind_the_last_event() {
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
async fn a_gateway_that_goes_in_order_or_is_not_ready_is_asked_again() {
    let gateway = Gateway::with([
        Turn::Frames(vec![retry(10), partial(1), retry(5)], Then::Ends),
        status(StatusCode::SERVICE_UNAVAILABLE),
        status(StatusCode::BAD_GATEWAY),
        the_end(),
    ])
    .await;
    let run = search(&gateway.url, &["--json"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1), "{}", run.stderr);
    assert_eq!(run.stderr.matches("trying again").count(), 3, "{}", run.stderr);
    assert_eq!(gateway.seen().after, after(&["", "1", "1", "1"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn told_that_nothing_is_left_it_asks_for_the_whole_story() {
    let gateway = Gateway::with([
        Turn::Frames(vec![retry(10), partial(1)], Then::Breaks),
        status(StatusCode::NO_CONTENT),
        the_end(),
    ])
    .await;
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(gateway.seen().after, after(&["", "1", ""]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_has_no_end_anywhere_is_the_servers_fault() {
    let gateway = Gateway::with([status(StatusCode::NO_CONTENT)]).await;
    let run = search(&gateway.url, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_expired_meanwhile_is_not_asked_for_again() {
    let gateway =
        Gateway::with([Turn::Frames(vec![retry(10)], Then::Breaks), status(StatusCode::NOT_FOUND)]).await;
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("no longer has this search"), "{}", run.stderr);
    assert_eq!(gateway.seen().after.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_gives_up_in_the_end() {
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
