//! More load than the capacity: accepted searches are served, the others are refused at once.

use std::time::{Duration, Instant};

use axum::{Json, Router, routing::get};
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use test_kit::{Client, System, client::example, eventually, sse::read_all};

#[tokio::test(flavor = "multi_thread")]
async fn at_twice_its_capacity_it_serves_at_full_rate_and_refuses_the_rest_at_once() {
    // The worker has 20 permits, and a search takes a second: 20 searches a second, few enough for a busy machine.
    let system = System::builder()
        .set("MAX_CONCURRENCY", "20")
        .set("SIMULATED_LATENCY_MS", "1000")
        .set("MAX_BACKLOG", "40")
        .start()
        .await;
    system.joined(1).await;
    let client = system.client();
    let start = Instant::now();
    let mut posts = Vec::new();
    let mut pace = tokio::time::interval(Duration::from_millis(25));
    for _ in 0..480 {
        pace.tick().await;
        posts.push(tokio::spawn(post(client.clone())));
    }
    let load = start.elapsed();
    let posts: Vec<_> = join_all(posts).await.into_iter().map(Result::unwrap).collect();

    let accepted: Vec<_> = posts.iter().filter_map(|post| post.id.clone()).collect();
    let mut refused: Vec<_> = posts.iter().filter(|post| post.id.is_none()).collect();
    // On a busy machine Redis may now and then not answer in time.
    let full = refused.iter().filter(|post| post.code == "backlog_full").count();
    let unavailable = refused.iter().filter(|post| post.code == "unavailable").count();
    assert!(full + unavailable == refused.len() && unavailable * 10 <= full, "{refused:?}");
    // The 40 searches in the backlog and the 20 in progress were not served during the load.
    let served_meanwhile = accepted.len().saturating_sub(40 + 20) as u128;
    let full_rate = load.as_millis() / 50;
    assert!(served_meanwhile > full_rate / 4, "{served_meanwhile} of {full_rate} served in {load:?}");
    assert!(refused.len() > 100, "{} refused", refused.len());
    refused.sort_by_key(|post| post.took);
    let most = refused[refused.len() * 9 / 10].took;
    assert!(most < Duration::from_secs(2), "nine in ten were refused within {most:?}");

    let streams = join_all(accepted.iter().map(|id| client.follow(id))).await;
    assert!(read_all(streams).await.iter().all(|events| events[0].json()["status"] == "completed"));
    let served = start.elapsed();
    assert!(
        served < load + Duration::from_secs(30),
        "accepted searches end soon after the load: {served:?} for a load of {load:?}"
    );
    let load_ended = Instant::now();
    eventually("it accepts again", async || client.try_submit().await).await;
    let recovery = load_ended.elapsed();
    assert!(recovery < Duration::from_secs(20), "it recovered only after {recovery:?}");
}

#[derive(Debug)]
struct Post {
    id: Option<String>,
    code: String,
    took: Duration,
}

async fn post(client: Client) -> Post {
    let start = Instant::now();
    let (status, response) = client.post(&example()).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = (status == StatusCode::OK).then(|| text(&response["data"]["search_id"]));
    Post { id, code: text(&response["code"]), took: start.elapsed() }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_one_search_past_the_limit_are_refused() {
    let system = System::builder().workers(0).set("MAX_STREAMS_PER_SEARCH", "2").start().await;
    let client = system.client();
    let (id, other) = (client.submit().await, client.submit().await);
    let streams = [client.follow(&id).await, client.follow(&id).await];
    assert_eq!(client.open(&id, "", None).await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(client.open(&other, "", None).await.status(), StatusCode::OK);
    drop(streams);
    eventually("there is room again", async || {
        (client.open(&id, "", None).await.status() == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_client_that_submits_too_much_is_refused() {
    let system = System::builder()
        .set("RATE_LIMIT_PER_MINUTE", "5")
        .set("TRUSTED_PROXIES", "127.0.0.0/8")
        .start()
        .await;
    let client = system.client();
    let post = async |forwarded: &str| {
        let request = client.request(Method::POST, "/api/flights/search").json(&example());
        request.header("x-forwarded-for", forwarded).send().await.unwrap()
    };
    for _ in 0..5 {
        assert_eq!(post("198.51.100.1").await.status(), StatusCode::OK);
    }
    let refused = post("198.51.100.1").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=13).contains(&wait), "a permit becomes free every 12 s: {wait}");
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "rate_limited");
    assert_eq!(post("198.51.100.2").await.status(), StatusCode::OK, "another client is not slowed down");
    assert_eq!(
        post("203.0.113.7, 198.51.100.1").await.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "a forged first address does not help"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_very_large_answer_is_capped_and_stalls_nobody() {
    let offers: Vec<_> = (0..10_000)
        .map(|n| {
            json!({"flight": format!("XX{n}"), "price": 20_000_000 - n, "at": "2025-07-10T06:05:00+07:00", "minutes": 110,
                "padding": "x".repeat(200)})
        })
        .collect();
    let router = Router::new().route("/large", get(async move || Json(offers))).route(
        "/small",
        get(async || {
            Json(json!([{"flight": "YY1", "price": 1, "at": "2025-07-10T06:05:00+07:00", "minutes": 110}]))
        }),
    );
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let file =
        crate::suppliers::suppliers(port, &[("large", "max_response_bytes = 10000000"), ("small", "")]);
    let system = System::builder().set("SUPPLIERS_FILE", file.path().to_str().unwrap()).start().await;
    let client = system.client();

    let events = client.follow_partials(&client.submit().await).await.all().await;
    assert_eq!(events[0].json()["supplier"]["code"], "SMALL", "it has not waited for the large one");
    let large = events[1].json();
    assert_eq!(
        (large["results"].as_array().unwrap().len(), &large["supplier"]["offers"]),
        (200, &10_000.into())
    );
    let end = events[2].json();
    assert_eq!((end["results"].as_array().unwrap().len(), &end["total"]), (200, &10_001.into()));
    assert!(end["results"].as_array().unwrap().is_sorted_by_key(|offer| offer["price"].as_u64()));
    let record: u64 = system
        .redis
        .run(&format!("MEMORY USAGE flight.search.record:{} SAMPLES 0", end["search_id"].as_str().unwrap()))
        .await;
    assert!(record < 300_000, "the cap is applied before anything is stored: {record}");
}
