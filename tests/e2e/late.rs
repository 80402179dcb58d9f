//! A client that comes late, or again, gets the same events as one that followed from the start.

use test_kit::{System, sse::read_all};

#[tokio::test(flavor = "multi_thread")]
async fn late_and_repeated_clients_get_the_same_events_on_every_gateway() {
    let system = System::builder().gateways(2).set("SIMULATED_LATENCY_MS", "50-300").start().await;
    let clients = system.clients();
    let id = clients[0].submit().await;
    let early = clients[0].follow_partials(&id).await.all().await;
    assert!(early.len() > 8);
    for client in &clients {
        let late = client.follow_partials(&id).await.all().await;
        assert_eq!(late, early, "byte for byte");
        assert_eq!(client.result(&id).await, *early.last().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_at_once_get_the_same_events() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "500").start().await;
    let client = system.client();
    let id = client.submit().await;
    // Half of the clients follow before the end, the others after it.
    let mut early = Vec::new();
    for _ in 0..300 {
        early.push(client.follow(&id).await);
    }
    let early = read_all(early).await;
    let mut late = Vec::new();
    for _ in 0..300 {
        late.push(client.follow(&id).await);
    }
    let late = read_all(late).await;
    assert!(early.iter().chain(&late).all(|events| events.len() == 1 && *events == early[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_joins_in_the_middle_gets_the_earlier_events_too() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "50-900").start().await;
    let client = system.client();
    let id = client.submit().await;
    // The first subscriber wants no partials, so the feed has none when the next one joins.
    let quiet = client.follow(&id).await;
    let mut first = client.follow_partials(&id).await;
    let mut early = vec![first.next().await.unwrap(), first.next().await.unwrap()];
    let second = client.follow_partials(&id).await;
    early.extend(first.all().await);
    assert_eq!(second.all().await, early);
    assert_eq!(quiet.all().await, early[early.len() - 1..]);
}
