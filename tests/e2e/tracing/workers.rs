//! A job that passes from worker to worker stays in its trace.

use test_kit::{Collector, System, eventually, within};

use super::{assert_connected, received, submit, traced, traceparent};

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_stays_in_the_tree() {
    let collector = Collector::start().await;
    // One supplier answers the first worker, the others hold it up.
    let builder = traced(&collector).set("SIMULATED_LATENCY_MS", "100-6000").set("JOB_LEASE_MS", "2000");
    let mut system = builder.start().await;
    system.joined(1).await;
    let client = system.client();
    let id = submit(&client, &[("traceparent", &traceparent("01"))]).await;
    received(&collector, "answer flight.search.results", 1).await;
    system.workers[0].kill().await;
    system.add_worker();
    assert_eq!(client.result(&id).await.json()["status"], "completed");

    received(&collector, "write event", 1).await;
    let process = received(&collector, "process flight.search.requested", 1).await;
    let spans = collector.spans();
    assert_connected(&spans);
    let deliveries: Vec<_> =
        spans.iter().filter(|span| span.name == "receive flight.search.requested").collect();
    assert_eq!(deliveries.len(), 2, "{deliveries:#?}");
    assert_eq!(deliveries[0].attribute("flight_search.delivery"), "1");
    assert_eq!(deliveries[1].attribute("flight_search.delivery"), "2");
    assert_ne!(deliveries[0].service["service.instance.id"], deliveries[1].service["service.instance.id"]);
    // The killed worker could not send its own.
    assert_eq!(process.len(), 1);
    assert_eq!(
        (&process[0].parent, process[0].attribute("flight_search.delivery")),
        (&deliveries[1].id, "2")
    );
    for delivery in deliveries {
        let below = |span: &&test_kit::ReceivedSpan| span.parent == delivery.id;
        let answers = spans.iter().filter(below).filter(|span| span.name.starts_with("answer "));
        assert!(answers.count() > 0, "both workers have stored answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_handed_back_stays_in_the_tree() {
    let collector = Collector::start().await;
    let builder = traced(&collector).set("SIMULATED_LATENCY_MS", "60000").set("SHUTDOWN_GRACE_MS", "5000");
    let mut system = builder.start().await;
    system.joined(1).await;
    let client = system.client();
    let id = submit(&client, &[("traceparent", &traceparent("01"))]).await;
    eventually("the job is taken", async || system.workers[0].log().contains("job taken").then_some(()))
        .await;
    system.workers[0].terminate();
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    let handed_back = collector.named("process flight.search.requested");
    assert_eq!(handed_back.len(), 1, "sent while it stopped");
    assert_eq!(handed_back[0].attribute("flight_search.job.end"), "handed_back");
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "100")]);
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    received(&collector, "process flight.search.requested", 2).await;
    assert_connected(&collector.spans());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_the_replaced_system_begins_a_trace_at_the_worker() {
    let collector = Collector::start().await;
    let system = traced(&collector).start().await;
    let id = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
    let job =
        [("search_id", id), ("from", "CGK"), ("to", "DPS"), ("date", "2025-07-10"), ("passengers", "2")];
    system.redis.add("flight.search.requested", &job).await;
    let process = received(&collector, "process flight.search.requested", 1).await;
    let receive = collector.named("receive flight.search.requested");
    assert_eq!((receive[0].parent.as_str(), &process[0].parent), ("", &receive[0].id));
    assert_ended(&system, id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_trace_in_a_job_counts_as_none() {
    let collector = Collector::start().await;
    let system = traced(&collector).start().await;
    let id = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c12";
    let job = [
        ("search_id", id),
        ("from", "CGK"),
        ("to", "DPS"),
        ("date", "2025-07-10"),
        ("passengers", "2"),
        ("traceparent", "of no kind"),
        ("tracestate", "?"),
    ];
    system.redis.add("flight.search.requested", &job).await;
    assert_ended(&system, id).await;
}

async fn assert_ended(system: &System, id: &str) {
    within(std::time::Duration::from_mins(1), "the search has ended", async || {
        let (_, state) = system.client().state(id).await;
        (state["data"]["status"] == "completed").then_some(())
    })
    .await;
}
