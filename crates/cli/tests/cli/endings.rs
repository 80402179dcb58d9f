//! The table, the JSON and the exit code for each way that a search ends.

use std::process::Stdio;

use crate::{
    command::{command, search},
    gateway::{Gateway, Then, Turn, end, end_data, offer, partial, retry},
};

async fn ending_with(data: &str) -> Gateway {
    Gateway::with([Turn::Frames(vec![retry(10), partial(1), end(2, data)], Then::Ends)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_shown_as_a_table() {
    let gateway = ending_with(&end_data("completed", &[offer()])).await;
    let run = search(&gateway.url, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for shown in
        ["Rp 1.500.000", "GA57", "Garuda Indonesia", "CGK 22:10 → DPS 01:00 +1", "1 h 50 m", "direct"]
    {
        assert!(run.stdout.contains(shown), "{shown} is missing in\n{}", run.stdout);
    }
    let seen = gateway.seen();
    assert_eq!(
        seen.bodies[0],
        serde_json::json!({"from":"CGK","to":"DPS","date":"2027-07-10","passengers":2})
    );
    assert_eq!((seen.queries, seen.after), (vec!["partials=true".to_owned()], vec![None]));
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_a_line_for_each_event_as_received() {
    // With unknown fields and spaces.
    let data = r#"{"search_id": "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "status": "completed", "results": [], "new": 1}"#;
    let gateway = ending_with(data).await;
    let run = search(&gateway.url, &["--json"]);
    let first = partial(1);
    let (_, first) = first.trim_end().split_once("data: ").unwrap();
    assert_eq!((run.code, run.stdout, run.stderr), (1, format!("{first}\n{data}\n"), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_of_the_replaced_system_works() {
    let data = r#"{"search_id":"7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11","status":"completed","results":[{"flight_number":"GA57","price":1500000}]}"#;
    // It sends neither `retry:` nor ids.
    let gateway = Gateway::with([Turn::Frames(vec![format!("data: {data}\n\n")], Then::Ends)]).await;
    let run = search(&gateway.url, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Rp 1.500.000") && run.stdout.contains("GA57"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn unsuccessful_ends_have_their_own_exit_codes() {
    for (status, offers, code, says) in [
        ("completed", vec![], 1, "No flights found"),
        ("failed", vec![], 3, "The search failed"),
        ("cancelled", vec![offer()], 3, "The search was cancelled"),
    ] {
        let gateway = ending_with(&end_data(status, &offers)).await;
        let run = search(&gateway.url, &[]);
        assert_eq!(run.code, code, "{status}");
        assert!(run.stdout.contains(says), "{}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_is_no_error() {
    let offers: Vec<_> = (0..200).map(|_| offer()).collect();
    let gateway = ending_with(&end_data("completed", &offers)).await;
    let mut child = command(&gateway.url, &["-n", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
