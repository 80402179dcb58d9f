//! A POST that is repeated with its `Idempotency-Key` submits no second search.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use test_kit::{Client, System, client::example};

async fn post(client: &Client, key: &str, body: &Value) -> (u16, Value) {
    let (status, response) = client.post_with(body, &[("idempotency-key", key)]).await;
    (status.as_u16(), response)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_body_get_the_same_response() {
    let system = System::builder().gateways(2).start().await;
    let [one, other] = &system.clients()[..] else { panic!("two gateways") };
    let first = post(one, "order-1", &example()).await;
    assert_eq!(first.0, 200, "{first:?}");
    let id = first.1["data"]["search_id"].as_str().unwrap();
    one.result(id).await;
    // The same search in other words, through another gateway, after its end.
    let rewritten = json!({"passengers": 2, "to": "dps", "from": "cgk", "date": "2025-07-10"});
    assert_eq!(post(other, "order-1", &rewritten).await, first);
    assert_ne!(post(one, "order-2", &example()).await.1, first.1, "another key is another search");
    assert_ne!(one.submit().await, id, "no key is another search");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_cannot_name_two_searches() {
    let system = System::start().await;
    let client = system.client();
    assert_eq!(post(&client, "order-1", &example()).await.0, 200);
    for change in [json!({"passengers": 3}), json!({"suppliers": ["GA"]}), json!({"timeout_ms": 5000})] {
        let mut body = example();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, response) = post(&client, "order-1", &body).await;
        assert_eq!((status, &response["code"]), (422, &json!("idempotency_key_reused")), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_key_is_refused() {
    let system = System::start().await;
    let client = system.client();
    for key in ["", "two words", &"k".repeat(256), "k\u{e9}y"] {
        let (status, response) = post(&client, key, &example()).await;
        assert_eq!((status, &response["code"]), (400, &json!("invalid_request")), "{key:?}");
        assert_eq!(response["errors"][0]["field"], "idempotency-key", "{key:?}");
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "a")];
    assert_eq!(client.post_with(&example(), &twice).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(post(&client, &"k".repeat(255), &example()).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_that_race_submit_one_search() {
    let system = System::builder().gateways(2).workers(0).start().await;
    let clients = system.clients();
    let posts = (0..20).map(|n| (n % 2, "raced")).map(|(at, key)| {
        let client = clients[at].clone();
        async move { post(&client, key, &example()).await }
    });
    let responses = join_all(posts).await;
    assert_eq!(responses[0].0, 200);
    assert!(responses.iter().all(|response| *response == responses[0]), "{responses:?}");
    assert_eq!(system.redis.entries("flight.search.requested").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_outlives_its_search() {
    let system = System::builder().start().await;
    let client = system.client();
    let first = post(&client, "order-1", &example()).await;
    let id = first.1["data"]["search_id"].as_str().unwrap().to_owned();
    client.result(&id).await;
    let keys: Vec<String> = system.redis.run("KEYS flight.search.idempotency:*").await;
    let left: u64 = system.redis.run(&format!("TTL {}", keys[0])).await;
    assert!((86_000..=86_400).contains(&left), "the key is kept for a day: {left} s");
    let _: u64 = system.redis.run(&format!("DEL flight.search.record:{id}")).await;
    // The client gets the id of its search, and GET says that it is gone.
    assert_eq!(post(&client, "order-1", &example()).await, first);
    assert_eq!(client.state(&id).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_backlog_refuses_only_new_searches() {
    let system = System::builder().workers(0).set("MAX_BACKLOG", "1").start().await;
    let client = system.client();
    let first = post(&client, "order-1", &example()).await;
    assert_eq!(first.0, 200);
    let (status, response) = post(&client, "order-2", &example()).await;
    assert_eq!((status, &response["code"]), (503, &json!("backlog_full")));
    assert_eq!(post(&client, "order-1", &example()).await, first);
}
