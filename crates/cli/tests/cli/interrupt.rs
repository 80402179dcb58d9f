//! Ctrl-C leaves the search, which goes on.

use std::time::Duration;

use crate::{
    command::command,
    gateway::{Gateway, ID, Then, Turn, partial, retry},
    terminal::Terminal,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_has_come_is_shown_and_nothing_is_cancelled() {
    let gateway = Gateway::with([Turn::Frames(vec![retry(10), partial(1)], Then::Hangs)]).await;
    let search = Terminal::start(command(&gateway.url, &[]), 80);
    search.shows(" from Rp ").await;
    search.interrupt();
    let (code, shown) = search.end().await;
    assert_eq!(code, Some(130), "{shown}");
    for part in ["GA57", "1 offer so far. 1 of 2 suppliers have answered.\nStill waiting for 1 supplier.\n"] {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    assert!(
        shown.contains(&format!("The search goes on. To follow it: flight-search follow {ID}\n")),
        "{shown}"
    );
    assert_eq!(gateway.seen().cancelled, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_has_only_the_events() {
    let gateway = Gateway::with([Turn::Frames(vec![retry(10), partial(1)], Then::Hangs)]).await;
    let search = Terminal::start(command(&gateway.url, &["--json"]), 80);
    search.shows("\"GA57\"").await;
    search.interrupt();
    let (code, shown) = search.end().await;
    assert_eq!(code, Some(130), "{shown}");
    assert!(!shown.contains("so far") && shown.contains(&format!("flight-search cancel {ID}")), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_search_is_accepted_there_is_nothing_to_show() {
    let gateway = Gateway::with([]).await.submits_hang();
    let search = Terminal::start(command(&gateway.url, &[]), 80);
    search.shows("asking the suppliers").await;
    test_kit::within(Duration::from_secs(30), "the search is submitted", async || {
        (!gateway.seen().bodies.is_empty()).then_some(())
    })
    .await;
    search.interrupt();
    let (code, shown) = search.end().await;
    assert_eq!(code, Some(130), "{shown}");
    assert!(!shown.contains("goes on"), "{shown}");
}
