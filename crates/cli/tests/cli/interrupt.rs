//! Ctrl-C cancels what was asked for.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    command::{Run, command},
    gateway::{Gateway, Then, Turn, partial, retry},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_cancels_the_search() {
    let gateway = Gateway::with([Turn::Frames(vec![retry(10), partial(1)], Then::Hangs)]).await;
    let child = command(&gateway.url, &["--json"]).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(10);
    while gateway.seen().after.is_empty() {
        assert!(Instant::now() < patience, "no stream was asked for");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Its handler for the signal stands a moment after the request is out.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());

    let run: Run = child.wait_with_output().unwrap().into();
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (130, "", "search cancelled\n"));
    assert_eq!(gateway.seen().cancelled, 1);
}
