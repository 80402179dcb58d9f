//! A reconnect with `Last-Event-ID` gets only later events, from any gateway.

use reqwest::StatusCode;
use test_kit::{Client, System, sse::Event};

async fn ended_search(system: &System) -> (String, Vec<Event>) {
    let client = system.client();
    let id = client.submit().await;
    let events = client.follow_partials(&id).await.all().await;
    (id, events)
}

async fn status(client: &Client, id: &str, query: &str, last: Option<&str>) -> StatusCode {
    client.open(id, query, last).await.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_continues_after_the_last_event_on_any_gateway() {
    let system = System::builder().gateways(2).start().await;
    let (id, events) = ended_search(&system).await;
    for client in system.clients() {
        for (at, event) in events.iter().enumerate().take(events.len() - 1) {
            let rest = client.stream(&id, "?partials=true", event.id.as_deref()).await.all().await;
            assert_eq!(rest, events[at + 1..]);
            let query = format!("?partials=true&last_event_id={}", event.seq());
            assert_eq!(client.stream(&id, &query, None).await.all().await, events[at + 1..]);
            let last = client.stream(&id, "", event.id.as_deref()).await.all().await;
            assert_eq!(last, events[events.len() - 1..], "without partials, only the end");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_terminal_event_a_reconnect_gets_204() {
    let system = System::builder().gateways(2).start().await;
    let (id, events) = ended_search(&system).await;
    let last = events.last().unwrap().id.as_deref();
    for client in system.clients() {
        assert_eq!(status(&client, &id, "", last).await, StatusCode::NO_CONTENT);
        assert_eq!(status(&client, &id, "?partials=true", last).await, StatusCode::NO_CONTENT);
        let query = format!("?last_event_id={}", last.unwrap());
        assert_eq!(status(&client, &id, &query, None).await, StatusCode::NO_CONTENT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_last_event_id_gets_all_events() {
    let system = System::start().await;
    let (id, events) = ended_search(&system).await;
    let client = system.client();
    for last in ["", "0", "x", "-1", "1.5", "99", "18446744073709551615", "99999999999999999999999"] {
        let received = client.stream(&id, "?partials=true", Some(last)).await.all().await;
        assert_eq!(received, events, "{last:?}");
        assert_eq!(
            client.stream(&id, "", Some(last)).await.all().await,
            events[events.len() - 1..],
            "{last:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_search_is_resumed_too() {
    let system = System::builder().gateways(2).set("SIMULATED_LATENCY_MS", "50-900").start().await;
    let clients = system.clients();
    let id = clients[0].submit().await;
    let whole = clients[0].follow_partials(&id).await;
    let mut first = clients[0].follow_partials(&id).await;
    let mut seen = vec![first.next().await.unwrap(), first.next().await.unwrap()];
    drop(first);
    let last = seen[1].id.clone();
    seen.extend(clients[1].stream(&id, "?partials=true", last.as_deref()).await.all().await);
    assert_eq!(seen, whole.all().await);
}
