//! A shared search is cancelled only when all of its clients have cancelled it.

use reqwest::StatusCode;
use test_kit::{Client, System, client::example};

async fn sharing() -> System {
    System::builder().workers(0).set("COALESCE_SECS", "60").start().await
}

async fn post(client: &Client, key: &str) -> String {
    let (status, response) = client.post_with(&example(), &[("idempotency-key", key)]).await;
    assert_eq!(status, 200, "{response}");
    response["data"]["search_id"].as_str().unwrap().to_owned()
}

/// Cancels the search, and returns the status and the message of the response.
async fn cancel(client: &Client, id: &str) -> (String, String) {
    let (status, response) = client.cancel(id).await;
    assert_eq!(status, StatusCode::OK, "{response}");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&response["data"]["status"]), text(&response["message"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_last_clients_delete_cancels() {
    let system = sharing().await;
    let client = system.client();
    let id = client.submit().await;
    assert_eq!((client.submit().await, client.submit().await), (id.clone(), id.clone()));
    let stream = client.follow(&id).await;

    let (status, message) = cancel(&client, &id).await;
    assert_eq!(status, "processing");
    assert_eq!(message, "The search goes on without you: 2 other clients still follow it");
    assert_eq!(
        cancel(&client, &id).await.1,
        "The search goes on without you: 1 other client still follows it"
    );
    assert_eq!(client.state(&id).await.1["data"]["status"], "processing");
    assert_eq!(client.submit().await, id, "it is still shared");
    assert_eq!(cancel(&client, &id).await.0, "processing");
    assert_eq!(cancel(&client, &id).await.0, "cancelled");

    let events = stream.all().await;
    assert_eq!((events.len(), &events[0].json()["status"]), (1, &"cancelled".into()));
    assert_eq!(client.cancel(&id).await.0, StatusCode::CONFLICT);
    assert_ne!(client.submit().await, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_repeats_its_post_counts_once() {
    let system = sharing().await;
    let client = system.client();
    let id = post(&client, "order-1").await;
    assert_eq!((post(&client, "order-1").await, post(&client, "order-1").await), (id.clone(), id.clone()));
    assert_eq!(cancel(&client, &id).await.0, "cancelled");

    let id = post(&client, "order-2").await;
    assert_eq!((post(&client, "order-3").await, post(&client, "order-3").await), (id.clone(), id.clone()));
    assert_eq!(cancel(&client, &id).await.0, "processing", "another key is another client");
    assert_eq!(cancel(&client, &id).await.0, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_its_last_client_cancels_is_not_shared_again() {
    let system = sharing().await;
    let client = system.client();
    let id = client.submit().await;
    // As after a gateway that died between the two steps of a cancellation.
    let _: u64 = system.redis.run(&format!("HSET flight.search.record:{id} sharers -1")).await;
    let other = client.submit().await;
    assert_ne!(other, id);
    assert_eq!(cancel(&client, &id).await.0, "cancelled");
    assert_eq!(client.state(&other).await.1["data"]["status"], "processing");
}
