//! Workers die during searches; nothing is lost and nothing is announced twice.

use std::collections::HashSet;

use test_kit::{Redis, System, eventually, sse::read_all};

/// Checks that in the result log at least this many searches end, each once, and no supplier answers a search twice. A
/// client that submits again because Redis was slow may have made more searches.
pub(crate) async fn assert_announced_once(redis: &Redis, searches: usize) {
    let ended = announced_once(redis).await.len();
    assert!(ended >= searches, "{ended} of {searches} searches have ended");
}

/// The same. Returns the searches that have ended.
pub(crate) async fn announced_once(redis: &Redis) -> HashSet<String> {
    let mut answers = HashSet::new();
    let mut ends = HashSet::new();
    for entry in redis.entries("flight.search.results").await {
        if let Some(report) = entry.get("supplier") {
            let report: serde_json::Value = serde_json::from_str(report).unwrap();
            let code = report["code"].as_str().unwrap().to_owned();
            assert!(
                answers.insert((entry["search_id"].clone(), code)),
                "a supplier's answer twice: {entry:?}"
            );
        } else {
            assert!(ends.insert(entry["search_id"].clone()), "an end twice: {entry:?}");
        }
    }
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_hundred_searches_loses_none() {
    let mut system = System::builder()
        .workers(2)
        .set("SIMULATED_LATENCY_MS", "100-6000")
        .set("JOB_LEASE_MS", "2000")
        .start()
        .await;
    system.joined(2).await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..100 {
        let id = client.submit().await;
        streams.push(client.follow_partials(&id).await);
    }
    eventually("both workers have jobs, and answers have arrived", async || {
        let both_have_jobs = system.workers.iter().all(|worker| worker.log().contains("job taken"));
        (both_have_jobs && system.redis.run::<usize>("XLEN flight.search.results").await > 50).then_some(())
    })
    .await;
    system.workers[0].kill().await;

    for events in read_all(streams).await {
        let ends = events.iter().filter(|event| event.is_terminal()).count();
        assert_eq!(ends, 1, "{events:?}");
        for (at, event) in events.iter().enumerate() {
            assert_eq!(event.seq(), at as u64 + 1);
        }
        let end = events.last().unwrap().json();
        assert_eq!(end["status"], "completed");
        assert_eq!(
            end["suppliers"].as_array().unwrap().len(),
            events.len() - 1,
            "all suppliers have answered: {end}"
        );
    }
    assert_announced_once(&system.redis, 100).await;
    assert!(system.workers[1].log().contains("took over jobs"), "the other worker took over");
    eventually("no job is left", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_three_workers_becomes_a_dead_letter_and_its_search_fails() {
    let mut system = System::builder()
        .workers(0)
        .set("SIMULATED_LATENCY_MS", "50000")
        .set("JOB_LEASE_MS", "2000")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    let stream = client.follow(&id).await;
    for _ in 0..3 {
        system.add_worker();
        let mut worker = system.workers.pop().unwrap();
        eventually("the worker has the job", async || worker.log().contains("job taken").then_some(())).await;
        worker.kill().await;
    }
    system.add_worker();
    let events = stream.all().await;
    assert_eq!(events.len(), 1);
    let end = events[0].json();
    assert_eq!(end["status"], "failed");
    assert!(end["reason"].as_str().unwrap().contains("3 workers"), "{end}");
    let dead = eventually("there is a dead letter", async || {
        let dead = system.redis.entries("flight.search.dead").await;
        (!dead.is_empty()).then_some(dead)
    })
    .await;
    assert_eq!((dead.len(), dead[0]["search_id"].as_str()), (1, id.as_str()));
    assert!(dead[0]["reason"].contains("3 workers"));
    assert_announced_once(&system.redis, 1).await;
    eventually("the job is gone", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_renewed_while_its_job_is_in_progress() {
    // The searches take longer than several leases; the second worker would take over a lease that is not renewed.
    let system = System::builder()
        .workers(2)
        .set("SIMULATED_LATENCY_MS", "10000")
        .set("JOB_LEASE_MS", "4000")
        .start()
        .await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..20 {
        let id = client.submit().await;
        streams.push(client.follow(&id).await);
    }
    assert!(read_all(streams).await.iter().all(|events| events.len() == 1));
    for worker in &system.workers {
        assert!(!worker.log().contains("took over"), "a live worker's job was taken over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_no_delivery() {
    let mut system =
        System::builder().set("SIMULATED_LATENCY_MS", "50000").set("JOB_LEASE_MS", "2000").start().await;
    let client = system.client();
    let id = client.submit().await;
    eventually("the worker has it", async || system.workers[0].log().contains("job taken").then_some(()))
        .await;
    for _ in 0..4 {
        let _: redis::Value = system.redis.run("CLIENT KILL TYPE normal").await;
        eventually("the worker reads again", async || {
            let clients: String = system.redis.run("CLIENT LIST").await;
            let reads = |client: &str| client.contains("flags=b") && client.contains("cmd=xreadgroup");
            clients.lines().any(reads).then_some(())
        })
        .await;
    }
    system.workers[0].kill().await;
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "100")]);
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    assert!(system.redis.entries("flight.search.dead").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_can_be_neither_worked_on_nor_failed_is_buried_all_the_same() {
    let system = System::builder().set("JOB_LEASE_MS", "300").start().await;
    let id = uuid::Uuid::new_v4().to_string();
    // Its record has the wrong type.
    let _: redis::Value = system.redis.run(&format!("SET flight.search.record:{id} x")).await;
    let job = [
        ("search_id", id.as_str()),
        ("from", "CGK"),
        ("to", "DPS"),
        ("date", "2025-07-10"),
        ("passengers", "2"),
    ];
    system.redis.add("flight.search.requested", &job).await;
    // An entry with more fields than a script can pass on at once.
    let names: Vec<_> = (0..5000).map(|at| format!("field-{at}")).collect();
    let fields: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    system.redis.add("flight.search.requested", &fields).await;
    eventually("both are dead letters and no job is left", async || {
        let dead = system.redis.entries("flight.search.dead").await.len();
        (dead == 2 && system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_a_dead_worker_that_are_lost_with_the_record_are_asked_for_again() {
    let mut system = System::builder()
        .set("SIMULATED_LATENCY_MS", "100-10000")
        .set("SIMULATED_FAILURE_RATE", "0")
        .set("JOB_LEASE_MS", "2000")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    let first = stream.next().await.unwrap().json();
    system.workers[0].kill().await;
    system.add_worker();
    eventually("another worker has the job", async || {
        system.workers[1].log().contains("job taken").then_some(())
    })
    .await;
    // Only the record had that answer.
    assert_eq!(system.redis.run::<usize>(&format!("DEL flight.search.record:{id}")).await, 1);

    let end = client.result(&id).await.json();
    let reports = end["suppliers"].as_array().unwrap();
    let asked: HashSet<_> = reports.iter().map(|report| report["code"].to_string()).collect();
    assert_eq!(asked.len(), reports.len(), "each once: {end}");
    assert_eq!(first["progress"]["of"], reports.len(), "{end}");
    assert!(asked.contains(&first["supplier"]["code"].to_string()));
    assert!(reports.iter().all(|report| report["status"] == "ok" || report["status"] == "empty"), "{end}");
    assert_eq!(end["status"], "completed");
}
