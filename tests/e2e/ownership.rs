//! A job has one owner at a time: a worker that was paused or cut off for too long stores nothing for jobs that others
//! have taken over.

use std::time::Duration;

use reqwest::StatusCode;
use rustix::process::Signal;
use test_kit::{Link, System, eventually, within};
use tokio::time::Instant;

use crate::crashes::assert_announced_once;

/// How many jobs are pending: delivered to a worker and not acknowledged.
async fn pending_jobs(system: &System) -> usize {
    let mut pending = redis::cmd("XPENDING");
    pending.arg(&["flight.search.requested", "search-processors"]);
    // There is no group before the first worker reads.
    let summary = pending.query_async::<Vec<redis::Value>>(&mut system.redis.connect().await).await;
    let jobs = summary.ok().and_then(|summary| summary.into_iter().next());
    jobs.map_or(0, |jobs| redis::from_redis_value(jobs).unwrap())
}

async fn until_pending(system: &System, jobs: usize) {
    eventually("the jobs are pending", async || (pending_jobs(system).await == jobs).then_some(())).await;
}

/// Kills a worker with ten jobs, and waits until one with this `MAX_CONCURRENCY` has taken them over and finished them.
/// Returns the system, these searches, and how many more were submitted.
async fn takes_over_with(max_concurrency: &str) -> (System, Vec<String>, usize) {
    let mut system = System::builder().workers(0).set("JOB_LEASE_MS", "2000").start().await;
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "60000")]);
    system.joined(1).await;
    let client = system.client();
    let mut orphans = Vec::new();
    for _ in 0..10 {
        orphans.push(client.submit().await);
    }
    until_pending(&system, orphans.len()).await;
    system.add_worker_with(&[("MAX_CONCURRENCY", max_concurrency), ("SIMULATED_LATENCY_MS", "100")]);
    system.joined(2).await;
    system.workers[0].kill().await;
    // With a single permit, these keep it busy for longer than the lease.
    let further = 40;
    for _ in 0..further {
        client.submit().await;
    }

    within(Duration::from_secs(45), "the dead worker's searches have ended", async || {
        let mut ended = 0;
        for id in &orphans {
            ended += usize::from(client.state(id).await.1["data"]["status"] == "completed");
        }
        (ended == orphans.len()).then_some(())
    })
    .await;
    (system, orphans, further)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_with_room_for_one_takes_over_before_new_work() {
    let (system, orphans, further) = takes_over_with("1").await;
    let ends = async || -> Vec<String> {
        let log = system.redis.entries("flight.search.results").await;
        log.into_iter()
            .filter(|entry| entry.contains_key("results"))
            .map(|mut entry| entry.remove("search_id").unwrap())
            .collect()
    };
    eventually("all searches have ended", async || {
        (ends().await.len() == orphans.len() + further).then_some(())
    })
    .await;
    let ends = ends().await;
    assert!(!orphans.contains(ends.last().unwrap()), "new jobs were preferred: {ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_slow_link_live_workers_keep_their_jobs() {
    let mut system = System::builder().workers(0).start().await;
    // A renewal takes a fifth of the lease.
    let mut links = Vec::new();
    for _ in 0..2 {
        let link = Link::to(system.redis.addr()).await;
        link.change(|terms| terms.latency = Duration::from_millis(550));
        system.add_worker_with(&[
            ("REDIS_ADDR", &link.addr()),
            ("REDIS_TIMEOUT_MS", "5000"),
            ("JOB_LEASE_MS", "5000"),
            ("SIMULATED_LATENCY_MS", "14000"),
        ]);
        links.push(link);
    }
    system.joined(2).await;
    let id = system.client().submit().await;
    assert_eq!(system.client().result(&id).await.json()["status"], "completed");
    let log = system.workers.iter().map(test_kit::Service::log).collect::<String>();
    assert_eq!(log.matches("job taken").count(), 1, "no worker took the other's job: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_with_room_for_as_many_as_it_reads_at_once_takes_over() {
    takes_over_with("256").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_worker_does_not_overwrite_the_one_that_took_over_its_job() {
    let calls = Duration::from_secs(3);
    let mut system = System::builder().workers(0).set("JOB_LEASE_MS", "2000").start().await;
    let client = system.client();
    // All calls of this worker fail: its result would end the search as failed.
    let latency = calls.as_millis().to_string();
    system.add_worker_with(&[("SIMULATED_FAILURE_RATE", "1"), ("SIMULATED_LATENCY_MS", &latency)]);
    system.joined(1).await;
    let id = client.submit().await;
    eventually("the worker has the job", async || {
        system.workers[0].log().contains("job taken").then_some(())
    })
    .await;
    system.workers[0].signal(Signal::STOP);
    let paused = Instant::now();
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "12000")]);
    eventually("the other worker has the job", async || {
        system.workers[1].log().contains("took over jobs").then_some(())
    })
    .await;
    // By then the paused worker's calls are over, but not the other's.
    tokio::time::sleep_until(paused + calls).await;
    system.workers[0].signal(Signal::CONT);
    eventually("the paused worker notices", async || {
        system.workers[0].log().contains("another worker has taken").then_some(())
    })
    .await;

    let end = client.result(&id).await.json();
    assert_eq!(end["status"], "completed", "{end}");
    let mut reports = end["suppliers"].as_array().unwrap().iter();
    assert!(reports.all(|report| report["status"] != "error"), "{end}");
    assert_announced_once(&system.redis, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_has_ended_and_expired_is_not_started_again() {
    let system = System::builder()
        .set("SIMULATED_LATENCY_MS", "60000")
        .set("SEARCH_DEADLINE_MS", "3000")
        .set("RECORD_TTL_SECS", "1")
        .start()
        .await;
    system.workers_ready().await;
    let client = system.client();
    let id = client.submit().await;
    until_pending(&system, 1).await;
    system.workers[0].signal(Signal::STOP);
    assert_eq!(client.result(&id).await.json()["status"], "failed");
    eventually("the record has expired", async || {
        (client.state(&id).await.0 == StatusCode::NOT_FOUND).then_some(())
    })
    .await;
    let before = ends_of(&system, &id).await;
    system.workers[0].signal(Signal::CONT);
    eventually("the worker has discarded the job", async || (pending_jobs(&system).await == 0).then_some(()))
        .await;
    assert_eq!(client.state(&id).await.0, StatusCode::NOT_FOUND);
    assert!(ends_of(&system, &id).await <= before, "it has ended twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leftover_job_does_not_start_an_ended_search_again_after_a_clock_step() {
    let mut system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "1000").start().await;
    let client = system.client();
    let id = client.submit().await;
    assert_eq!(client.result(&id).await.json()["status"], "failed");
    // As if Redis' clock had stepped ahead until the record expired, and back again.
    assert_eq!(system.redis.run::<u64>(&format!("DEL flight.search.record:{id}")).await, 1);
    system.add_worker();
    eventually("the worker has discarded the job", async || {
        (system.redis.run::<u64>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
    assert_eq!(ends_of(&system, &id).await, 1, "it has ended twice");
}

async fn ends_of(system: &System, id: &str) -> usize {
    let log = system.redis.entries("flight.search.results").await;
    log.iter().filter(|entry| entry["search_id"] == id && entry.contains_key("results")).count()
}
