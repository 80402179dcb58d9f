//! Several workers share the searches.

use test_kit::{System, eventually, sse::read_all};

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_fifty_searches() {
    let system = System::builder().workers(2).set("SIMULATED_LATENCY_MS", "100-300").start().await;
    system.joined(2).await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..50 {
        let id = client.submit().await;
        streams.push(client.follow(&id).await);
    }
    for events in read_all(streams).await {
        assert_eq!(events.len(), 1);
    }
    // A worker logs the end after the client has it.
    let done = eventually("each search has ended once", async || {
        let done = system.workers.iter().map(|worker| worker.log().matches("search ended").count());
        let done: Vec<usize> = done.collect();
        (done.iter().sum::<usize>() == 50).then_some(done)
    })
    .await;
    assert!(done.iter().all(|count| *count > 0), "each worker has finished some: {done:?}");
}
