//! The gateway notices and reports that no worker is alive.

use std::time::{Duration, Instant};

use test_kit::{Client, System, client::example, eventually, wait::within};

use crate::redis_full::warnings;

const NONE: &str = "no_worker";
/// A worker counts as dead after ten seconds, and gateways check every second.
const NOTICED_WITHIN: Duration = Duration::from_secs(14);
/// The same on a busy machine.
const AT_LAST: Duration = Duration::from_secs(30);

async fn no_worker_is_reported(client: &Client) -> bool {
    let warnings = eventually("the gateway is ready", async || warnings(client).await).await;
    warnings.contains(&NONE.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_worker_is_reported_to_clients_and_operators_until_one_starts() {
    let mut system = System::builder().workers(0).start().await;
    let client = system.client();
    let (_, early) = client.post(&example()).await;
    assert!(early["data"].get("warnings").is_none(), "the workers may be about to start: {early}");
    within(AT_LAST, "the missing worker is reported", async || {
        no_worker_is_reported(&client).await.then_some(())
    })
    .await;
    let (_, accepted) = client.post(&example()).await;
    assert_eq!(accepted["data"]["warnings"][0]["code"], NONE, "{accepted}");
    let id = accepted["data"]["search_id"].as_str().unwrap();
    assert_eq!(client.state(id).await.1["data"]["warnings"][0]["code"], NONE);

    system.add_worker();
    within(AT_LAST, "the new worker is noticed", async || {
        (!no_worker_is_reported(&client).await).then_some(())
    })
    .await;
    assert_eq!(client.result(id).await.json()["status"], "completed");
    assert!(client.state(id).await.1["data"].get("warnings").is_none());
    // An idle worker is alive.
    let start = Instant::now();
    while start.elapsed() < NOTICED_WITHIN {
        assert!(!no_worker_is_reported(&client).await, "after {:?}", start.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    system.workers[0].kill().await;
    within(AT_LAST, "the dead worker is reported", async || {
        no_worker_is_reported(&client).await.then_some(())
    })
    .await;
    let logged = || system.gateways[0].service.log().matches(NONE).count();
    within(AT_LAST, "the report was logged", async || (logged() >= 3).then_some(())).await;
    assert_eq!(logged(), 3, "when it began, ended and began again");
}
