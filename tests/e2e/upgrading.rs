//! Gateways and workers of two versions run together: a job has fields that one of them does not know.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::Value;
use reqwest::StatusCode;
use test_kit::{Link, Redis, System, eventually, within};

use crate::crashes::assert_announced_once;

const JOBS: &str = "flight.search.requested";
const ONE: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
const TWO: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c12";

/// Submits a search as a gateway of a later version does: with a field that this version does not know, and the fields
/// in `added`. Its deadline is in `deadline`.
async fn submit_newer(system: &System, id: &str, deadline: Duration, added: &[(&str, &str)]) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let (created, deadline) = (now.as_millis().to_string(), (now + deadline).as_millis().to_string());
    let mut fields = vec![("from", "CGK"), ("to", "DPS"), ("date", "2025-07-10"), ("passengers", "2")];
    fields.extend([("created_ms", &*created), ("deadline_ms", &*deadline), ("pets", "two cats")]);
    fields.extend(added);
    let mut submission = redis::pipe();
    submission.cmd("ZADD").arg("flight.search.open").arg(&deadline).arg(id);
    submission.cmd("HSET").arg(format!("flight.search.record:{id}")).arg(&fields);
    submission.arg("status").arg("processing").arg("seq").arg(0);
    submission.cmd("XADD").arg(JOBS).arg("*").arg("search_id").arg(id).arg(&fields);
    submission.exec_async(&mut system.redis.connect().await).await.unwrap();
}

/// The jobs that have been pending for at least `idle` milliseconds: entry, consumer, idle time, deliveries.
async fn pending(system: &System, idle: u64) -> Vec<(String, String, u64, u64)> {
    system.redis.run(&format!("XPENDING {JOBS} search-processors IDLE {idle} - + 9")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_keeps_fields_that_no_worker_knows_when_it_is_handed_back_or_its_record_is_lost() {
    let mut system = System::builder()
        .set("SIMULATED_LATENCY_MS", "60000")
        .set("SHUTDOWN_GRACE_MS", "5000")
        .set("JOB_LEASE_MS", "60000")
        .start()
        .await;
    submit_newer(&system, ONE, Duration::from_mins(1), &[]).await;
    eventually("the worker has the job", async || {
        system.workers[0].log().contains("job taken").then_some(())
    })
    .await;
    let _: usize = system.redis.run(&format!("DEL flight.search.record:{ONE}")).await;
    system.workers[0].terminate();
    assert_eq!(system.workers[0].exit_code().await, Some(0));
    let jobs = system.redis.entries(JOBS).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert_eq!(jobs[0]["pets"], "two cats", "handed back with all fields: {jobs:?}");
    assert_eq!(jobs[0].len(), 8, "with no field twice: {jobs:?}");

    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "100")]);
    eventually("the search has a record again", async || {
        (system.client().state(ONE).await.0 == StatusCode::OK).then_some(())
    })
    .await;
    assert_eq!(system.client().result(ONE).await.json()["status"], "completed");
    let pets: String = system.redis.run(&format!("HGET flight.search.record:{ONE} pets")).await;
    assert_eq!(pets, "two cats", "the new record has all fields of the job");
    assert_announced_once(&system.redis, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_needs_a_newer_worker_is_left_to_one() {
    let system = System::builder().workers(2).set("JOB_LEASE_MS", "2000").start().await;
    system.joined(2).await;
    submit_newer(&system, ONE, Duration::from_mins(1), &[("needs", "999")]).await;
    // Each worker leaves the job to the other, and does not take it again.
    eventually("both have declined it", async || {
        let declined = |at: usize| system.workers[at].log().contains("needs a newer worker");
        (declined(0) && declined(1)).then_some(())
    })
    .await;
    let untouched =
        within(Duration::from_secs(30), "no worker takes it over for several leases", async || {
            pending(&system, 6000).await.pop()
        })
        .await;
    assert_eq!(untouched.3, 0, "no delivery was counted: {untouched:?}");
    let log = system.workers.iter().map(test_kit::Service::log).collect::<String>();
    assert_eq!(log.matches("needs a newer worker").count(), 2, "once per worker: {log}");
    assert!(!log.contains("job taken"), "no worker has answered it without the unknown field: {log}");
    // Other searches complete meanwhile.
    let client = system.client();
    let other = client.submit().await;
    assert_eq!(client.result(&other).await.json()["status"], "completed");

    // This is how a newer worker takes it over.
    let claim = format!("XCLAIM {JOBS} search-processors newer 1000 {}", untouched.0);
    let claimed: Vec<(String, Vec<String>)> = system.redis.run(&claim).await;
    assert!(claimed[0].1.iter().any(|field| field == "two cats"), "{claimed:?}");
    assert_eq!(client.state(ONE).await.1["data"]["status"], "processing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_a_newer_worker_in_vain_ends_at_its_deadline() {
    let system = System::builder().set("JOB_LEASE_MS", "1000").start().await;
    system.joined(1).await;
    submit_newer(&system, ONE, Duration::from_secs(4), &[("needs", "999")]).await;
    submit_newer(&system, TWO, Duration::from_secs(4), &[("needs", "1000")]).await;
    for id in [ONE, TWO] {
        assert_eq!(system.client().result(id).await.json()["status"], "failed");
    }
    until_no_job_is_left(&system).await;
    assert_announced_once(&system.redis, 2).await;
}

async fn until_no_job_is_left(system: &System) {
    eventually("no job is left", async || {
        let left: Value = system.redis.run(&format!("XLEN {JOBS}")).await;
        (left == Value::Int(0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_redis_dies_while_it_declines_a_job_declines_it_when_redis_is_back() {
    let redis = Redis::durable().await;
    let mut system = System::builder().workers(0).set("JOB_LEASE_MS", "1000").start_on(redis).await;
    let link = Link::to(system.redis.addr()).await;
    system.add_worker_with(&[("REDIS_ADDR", &link.addr()), ("REDIS_TIMEOUT_MS", "5000")]);
    system.joined(1).await;
    submit_newer(&system, TWO, Duration::from_mins(1), &[]).await;
    assert_eq!(system.client().result(TWO).await.json()["status"], "completed", "the worker reads");

    // The request that declines the job takes a second to arrive; Redis dies before.
    link.change(|terms| terms.latency = Duration::from_secs(1));
    submit_newer(&system, ONE, Duration::from_secs(20), &[("needs", "999")]).await;
    eventually("the worker declines it", async || {
        system.workers[0].log().contains("needs a newer worker").then_some(())
    })
    .await;
    system.redis.kill().await;
    link.heal();
    system.redis.start().await;
    eventually("the delivery is not counted", async || {
        pending(&system, 0).await.iter().any(|(.., deliveries)| *deliveries == 0).then_some(())
    })
    .await;

    assert_eq!(system.client().result(ONE).await.json()["status"], "failed");
    until_no_job_is_left(&system).await;
    assert_announced_once(&system.redis, 2).await;
    let log = system.workers[0].log();
    assert_eq!(log.matches("needs a newer worker").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_cancelled_while_it_waits_for_a_newer_worker_ends_once() {
    let system = System::builder().set("JOB_LEASE_MS", "1000").start().await;
    system.joined(1).await;
    submit_newer(&system, ONE, Duration::from_secs(8), &[("needs", "999")]).await;
    eventually("the worker has declined it", async || {
        pending(&system, 0).await.iter().any(|(.., deliveries)| *deliveries == 0).then_some(())
    })
    .await;
    let client = system.client();
    let mut stream = client.follow(ONE).await;
    assert_eq!(client.cancel(ONE).await.0, StatusCode::OK);
    let end = stream.next().await.unwrap();
    assert_eq!(end.json()["status"], "cancelled");
    // No worker of this version touches the job again before the deadline.
    until_no_job_is_left(&system).await;
    assert_eq!(client.result(ONE).await, end, "the deadline has changed nothing");
    assert_announced_once(&system.redis, 1).await;
}
