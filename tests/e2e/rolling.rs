//! Stopping a worker or a gateway loses nothing; clients don't notice a rolling restart.

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
    // A job that was submitted after the signal is left to other workers.
    system.add_worker();
    assert_eq!(client.result(&waiting).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_hands_back_at_once_the_jobs_it_cannot_finish() {
    let mut system = System::builder()
        .set("SIMULATED_LATENCY_MS", "60000")
        .set("SHUTDOWN_GRACE_MS", "5000")
        .set("JOB_LEASE_MS", "60000")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    eventually("the first worker has the job", async || {
        system.workers[0].log().contains("job taken").then_some(())
    })
    .await;
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "100")]);
    let start = Instant::now();
    system.workers[0].terminate();
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    eventually("the second worker has the job", async || system.workers[1].log().contains(&id).then_some(()))
        .await;
    assert!(start.elapsed() < Duration::from_secs(30), "the lease is not waited for: {:?}", start.elapsed());
    assert!(system.workers[0].log().contains("left the group"));
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_under_load_loses_no_search() {
    let mut system = System::builder()
        .gateways(2)
        .workers(2)
        .set("SIMULATED_LATENCY_MS", "100-800")
        .set("SHUTDOWN_GRACE_MS", "10000")
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
    let searches = load.await.unwrap();
    assert!(searches.len() > 5, "there was a load: {}", searches.len());
    for events in searches {
        let events = events.expect("the search ends");
        assert_eq!(events.iter().filter(|event| event.is_terminal()).count(), 1);
        assert_eq!(events.last().unwrap().json()["status"], "completed");
        assert!(events.is_sorted_by(|a, b| a.seq() < b.seq()), "{events:?}");
    }
}

/// Submits searches one after another until `stop` is set, and follows each as an `EventSource` does. Returns the
/// events of each accepted search; `None` for one that did not end.
async fn steady_load(clients: Vec<Client>, stop: Arc<AtomicBool>) -> Vec<Option<Vec<test_kit::Event>>> {
    let mut followers = Vec::new();
    for client in clients.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if let Some(id) = client.try_submit().await {
            let clients = clients.clone();
            followers.push(tokio::spawn(async move {
                Client::follow_persistently(&clients, &id, "?partials=true", Duration::from_mins(1)).await
            }));
        }
        // A steady load, not the highest possible one.
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    join_all(followers).await.into_iter().map(Result::unwrap).collect()
}
