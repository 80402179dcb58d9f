//! Redis has little or no memory left: gateways refuse new searches and stay ready.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use serde_json::Value;
use test_kit::{Client, System, client::example, eventually};

/// The codes of the readiness probe's warnings; `None` if the gateway is not ready.
pub(crate) async fn warnings(client: &Client) -> Option<Vec<String>> {
    let (status, response) = client.get("/health/ready").await;
    let codes = |warnings: &Vec<Value>| {
        warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
    };
    (status == StatusCode::OK).then(|| response["data"]["warnings"].as_array().map(codes).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn new_searches_are_refused_before_redis_is_full_so_that_accepted_ones_can_end() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "3000-4000").start().await;
    let client = system.client();
    let accepted = [client.submit().await, client.submit().await];
    // Ballast: the memory that is left when searches are refused must suffice for both.
    let _: () = system.redis.run("SETRANGE ballast 80000000 x").await;
    let info: String = system.redis.run("INFO memory").await;
    let used: u64 = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().parse().unwrap();
    let _: () = system.redis.run(&format!("CONFIG SET maxmemory {}", used * 115 / 100)).await;
    let refused = eventually("searches are refused", async || {
        let post = client.request(Method::POST, "/api/flights/search").json(&example()).send().await.unwrap();
        (post.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(post)
    })
    .await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "storage_full");
    eventually("readiness warns", async || {
        warnings(&client).await?.contains(&"storage_full".into()).then_some(())
    })
    .await;
    for id in &accepted {
        assert_eq!(client.result(id).await.json()["status"], "completed");
    }
    let _: () = system.redis.run("CONFIG SET maxmemory 0").await;
    eventually("searches are accepted again", async || client.try_submit().await).await;
    eventually("the warning is gone", async || {
        (!warnings(&client).await?.contains(&"storage_full".into())).then_some(())
    })
    .await;
    // Without the summary of refusals: `by_code="storage_full 1"`.
    let logged = || system.gateways[0].service.log().matches("code=\"storage_full\"").count();
    eventually("the warning was logged", async || (logged() >= 2).then_some(())).await;
    assert_eq!(logged(), 2, "once when it began and once when it ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_does_not_flap_while_a_full_redis_refuses_searches() {
    let system = System::start().await;
    let client = system.client();
    let _: () = system.redis.run("CONFIG SET maxmemory 1").await;
    let (start, mut codes) = (Instant::now(), Vec::new());
    while start.elapsed() < Duration::from_secs(4) || codes.len() < 20 {
        let (status, response) = client.post(&example()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{response}");
        codes.push(response["code"].as_str().unwrap().to_owned());
        assert!(warnings(&client).await.is_some(), "the gateway is ready");
    }
    // On a busy machine Redis may now and then not answer in time.
    let others: Vec<_> = codes.iter().filter(|code| *code != "storage_full").collect();
    assert!(others.len() * 4 <= codes.len(), "{others:?} of {}", codes.len());
    assert!(others.iter().all(|code| *code == "unavailable"), "{others:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_full_the_job_of_a_cancelled_search_leaves_the_queue() {
    let system = System::builder()
        .set("SIMULATED_LATENCY_MS", "60000")
        // No other process may take the paused worker's job over.
        .set("JOB_LEASE_MS", "60000")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    eventually("the worker has the job", async || {
        system.workers[0].log().contains("job taken").then_some(())
    })
    .await;
    system.workers[0].signal(Signal::STOP);
    assert_eq!(client.cancel(&id).await.0, StatusCode::OK);
    let _: () = system.redis.run("CONFIG SET maxmemory 1").await;
    assert_eq!(system.redis.run::<usize>("XLEN flight.search.requested").await, 1);
    system.workers[0].signal(Signal::CONT);
    eventually("the job is out of the queue", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}
