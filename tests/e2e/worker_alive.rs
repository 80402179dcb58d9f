//! Whether there is anybody to do the work is known, and told.

use std::time::{Duration, Instant};

use test_kit::{Client, System, client::example, wait::within};

use crate::redis_full::warnings;

const NONE: &str = "no_worker";
/// Workers are missed after ten seconds, and looked for every second.
const KNOWN_WITHIN: Duration = Duration::from_secs(14);

async fn is_missed(client: &Client) -> bool {
    warnings(client).await.expect("the gateway is ready").contains(&NONE.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_worker_is_reported_to_clients_and_operators_until_one_starts() {
    let mut system = System::builder().workers(0).start().await;
    let client = system.client();
    let (_, early) = client.post(&example()).await;
    assert!(early["data"].get("warnings").is_none(), "the workers may be about to start: {early}");
    within(KNOWN_WITHIN, "workers are missed", async || is_missed(&client).await.then_some(())).await;
    let (_, accepted) = client.post(&example()).await;
    assert_eq!(accepted["data"]["warnings"][0]["code"], NONE, "{accepted}");
    let id = accepted["data"]["search_id"].as_str().unwrap();
    assert_eq!(client.state(id).await.1["data"]["warnings"][0]["code"], NONE);

    system.add_worker();
    within(Duration::from_secs(5), "a worker is seen", async || (!is_missed(&client).await).then_some(()))
        .await;
    assert_eq!(client.result(id).await.json()["status"], "completed");
    assert!(client.state(id).await.1["data"].get("warnings").is_none());
    // It has nothing to do, and is alive all the same.
    let start = Instant::now();
    while start.elapsed() < KNOWN_WITHIN {
        assert!(!is_missed(&client).await, "after {:?}", start.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    system.workers[0].kill().await;
    within(KNOWN_WITHIN, "it is missed", async || is_missed(&client).await.then_some(())).await;
    let told = || system.gateways[0].service.log().matches(NONE).count();
    within(Duration::from_secs(2), "it was logged", async || (told() >= 3).then_some(())).await;
    assert_eq!(told(), 3, "it began, ended and began");
}
