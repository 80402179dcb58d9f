//! Stopping a worker or a gateway loses nothing; a rolling restart goes unnoticed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use test_kit::{Client, System, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_finishes_its_jobs() {
    let mut system = System::builder().set("SIMULATED_LATENCY_MS", "1500").start().await;
    let client = system.client();
    let id = client.submit().await;
    let stream = client.follow(&id).await;
    eventually("the worker has it", async || system.workers[0].log().contains("job taken").then_some(()))
        .await;
    system.workers[0].terminate();
    let waiting = client.submit().await;
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    assert_eq!(stream.all().await[0].json()["status"], "completed");
    // What came after the signal is left to others, and at once.
    system.add_worker();
    assert_eq!(client.result(&waiting).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_hands_back_at_once_the_jobs_it_cannot_finish() {
    let mut system = System::builder()
        .set("SIMULATED_LATENCY_MS", "4000")
        .set("SHUTDOWN_GRACE_MS", "1000")
        .set("JOB_LEASE_MS", "60000")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    eventually("the first has it", async || system.workers[0].log().contains("job taken").then_some(()))
        .await;
    system.add_worker();
    let start = Instant::now();
    system.workers[0].terminate();
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    eventually("the second has it", async || system.workers[1].log().contains(&id).then_some(())).await;
    assert!(start.elapsed() < Duration::from_secs(3), "not after a lease: {:?}", start.elapsed());
    assert!(system.workers[0].log().contains("left the group"));
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_under_load_loses_no_search() {
    let mut system = System::builder()
        .gateways(2)
        .workers(2)
        .set("SIMULATED_LATENCY_MS", "100-800")
        .set("SHUTDOWN_GRACE_MS", "3000")
        .start()
        .await;
    let clients = system.clients();
    let stop = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn(steady_load(clients, Arc::clone(&stop)));

    for at in 0..2 {
        let port = system.gateways[at].port;
        system.gateways[at].service.terminate();
        assert_eq!(system.gateways[at].service.exit_code().await, Some(0));
        system.gateways[at] = system.gateway_on(port).await.expect("the gateway comes back");
        system.gateways[at].ready().await;
        system.add_worker();
        let mut old = system.workers.remove(0);
        old.terminate();
        assert_eq!(old.exit_code().await, Some(0));
    }
    stop.store(true, Ordering::Relaxed);
    let told = load.await.unwrap();
    assert!(told.len() > 5, "there was a load: {}", told.len());
    for story in told {
        let story = story.expect("the search ends");
        assert_eq!(story.iter().filter(|event| event.is_terminal()).count(), 1);
        assert_eq!(story.last().unwrap().json()["status"], "completed");
        assert!(story.is_sorted_by(|a, b| a.seq() < b.seq()), "{story:?}");
    }
}

/// Submits searches one after the other until told to stop, each followed as an `EventSource` does. What is not
/// accepted is not counted; what is must end.
async fn steady_load(clients: Vec<Client>, stop: Arc<AtomicBool>) -> Vec<Option<Vec<test_kit::Event>>> {
    let mut followers = Vec::new();
    for client in clients.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if let Some(id) = client.try_submit().await {
            let clients = clients.clone();
            followers.push(tokio::spawn(async move {
                Client::follow_persistently(&clients, &id, "?partials=true", Duration::from_secs(30)).await
            }));
        }
        // The load is to be steady, not as high as can be.
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    join_all(followers).await.into_iter().map(Result::unwrap).collect()
}
