//! With `COALESCE_SECS`, equal POSTs share one search.

use futures_util::future::join_all;
use serde_json::{Value, json};
use test_kit::{Client, System, SystemBuilder, client::example, eventually};

fn sharing() -> SystemBuilder {
    System::builder().set("COALESCE_SECS", "60")
}

async fn post(client: &Client, body: &Value, headers: &[(&str, &str)]) -> String {
    let (status, response) = client.post_with(body, headers).await;
    assert_eq!(status, 200, "{response}");
    response["data"]["search_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_default_each_post_is_its_own_search() {
    let system = System::start().await;
    let client = system.client();
    assert_ne!(client.submit().await, client.submit().await);
    assert!(system.redis.run::<Vec<String>>("KEYS flight.search.youngest:*").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_that_race_submit_one_search() {
    let system = sharing().gateways(2).start().await;
    let clients = system.clients();
    let posts = (0..20).map(|n| {
        let client = clients[n % 2].clone();
        async move { client.submit().await }
    });
    let ids = join_all(posts).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let results = join_all(clients.iter().map(|client| client.result(&ids[0]))).await;
    assert_eq!(results[0], results[1]);
    assert_eq!(clients[1].submit().await, ids[0], "a completed search is shared, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_equal_searches_are_shared() {
    let system = sharing().start().await;
    let client = system.client();
    let id = post(&client, &example(), &[]).await;
    let with = |change: Value| {
        let mut body = example();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for change in [json!({"date": "2025-07-11"}), json!({"suppliers": ["GA"]}), json!({"timeout_ms": 9000})] {
        assert_ne!(post(&client, &with(change), &[]).await, id);
    }
    assert_eq!(post(&client, &with(json!({"from": "cgk"})), &[]).await, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cache_starts_a_new_search_that_later_posts_share() {
    let system = sharing().start().await;
    let client = system.client();
    let first = client.submit().await;
    let fresh = post(&client, &example(), &[("cache-control", "no-cache")]).await;
    assert_ne!(fresh, first);
    assert_eq!(client.submit().await, fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_window_a_search_is_not_shared() {
    let system = sharing().start().await;
    let client = system.client();
    let first = client.submit().await;
    assert_eq!(client.submit().await, first);
    let keys = async || system.redis.run::<Vec<String>>("KEYS flight.search.youngest:*").await;
    let [key] = &keys().await[..] else { panic!("one search is shared") };
    let left: i64 = system.redis.run(&format!("PTTL {key}")).await;
    assert!((1..=60_000).contains(&left), "the window is COALESCE_SECS: {left} ms");
    let _: u64 = system.redis.run(&format!("PEXPIRE {key} 1")).await;
    eventually("the window is over", async || keys().await.is_empty().then_some(())).await;
    assert_ne!(client.submit().await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_failed_and_expired_searches_are_not_shared() {
    let system = sharing().workers(0).set("SEARCH_DEADLINE_MS", "700").start().await;
    let client = system.client();
    let cancelled = client.submit().await;
    client.cancel(&cancelled).await;
    let failed = client.submit().await;
    assert_ne!(failed, cancelled);
    eventually("without a worker the search fails at its deadline", async || {
        (client.state(&failed).await.1["data"]["status"] == "failed").then_some(())
    })
    .await;
    let expired = client.submit().await;
    assert_ne!(expired, failed);
    let _: u64 = system.redis.run(&format!("DEL flight.search.record:{expired}")).await;
    assert_ne!(client.submit().await, expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_keeps_returning_the_search_it_joined() {
    let system = sharing().start().await;
    let client = system.client();
    let shared = client.submit().await;
    let key = [("idempotency-key", "order-1")];
    assert_eq!(post(&client, &example(), &key).await, shared);
    let fresh = post(&client, &example(), &[("cache-control", "no-cache")]).await;
    assert_ne!(fresh, shared);
    assert_eq!(post(&client, &example(), &key).await, shared);
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_a_shared_search_renews_its_expiry() {
    let system = sharing().start().await;
    let client = system.client();
    let id = client.submit().await;
    client.follow(&id).await.all().await;
    let record = format!("flight.search.record:{id}");
    let _: u64 = system.redis.run(&format!("PEXPIRE {record} 5000")).await;
    assert_eq!(client.submit().await, id);
    let left: u64 = system.redis.run(&format!("PTTL {record}")).await;
    assert!(left > 800_000, "{left} ms");
}
