//! Ctrl-C cancels the search.

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

use crate::{
    command::{Run, command},
    gateway::{Gateway, Then, Turn, partial, retry},
};

/// Starts a search, and waits until it is followed.
async fn followed(gateway: &Gateway) -> Child {
    let child = command(&gateway.url, &["--json"]).spawn().unwrap();
    until(|| !gateway.seen().after.is_empty()).await;
    // It handles the signal shortly after it has sent the request.
    tokio::time::sleep(Duration::from_millis(200)).await;
    child
}

async fn until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "the condition does not hold in time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

fn endless() -> Turn {
    Turn::Frames(vec![retry(10), partial(1)], Then::Hangs)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_cancels_the_search() {
    let gateway = Gateway::with([endless()]).await;
    let child = followed(&gateway).await;
    interrupt(&child);
    let run: Run = child.wait_with_output().unwrap().into();
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (130, "", "search cancelled\n"));
    assert_eq!(gateway.seen().cancelled, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_interrupt_does_not_wait_for_the_cancellation() {
    let gateway = Gateway::with([endless()]).await.cancels_hang();
    let child = followed(&gateway).await;
    interrupt(&child);
    until(|| gateway.seen().cancelled == 1).await;
    let again = Instant::now();
    interrupt(&child);
    let run: Run = child.wait_with_output().unwrap().into();
    assert_eq!(run.code, 130);
    assert!(again.elapsed() < Duration::from_secs(5));
}
