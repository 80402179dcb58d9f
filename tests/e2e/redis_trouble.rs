//! Redis is restarted, loses a stream, forgets its scripts or is full.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use reqwest::StatusCode;
use rustix::process::Signal;
use test_kit::{
    Client, Redis, System, SystemBuilder, eventually,
    sse::{Event, read_all},
};

use crate::crashes::assert_announced_once;

/// A system with the default timeout of requests to Redis.
fn builder() -> SystemBuilder {
    System::builder().set("REDIS_TIMEOUT_MS", "1000")
}

/// Checks that these events are in order, with one end that is completed and has all answers.
fn assert_complete(events: &[Event]) {
    assert_eq!(events.iter().filter(|event| event.is_terminal()).count(), 1, "{events:?}");
    assert!(events.is_sorted_by(|a, b| a.seq() < b.seq()), "{events:?}");
    assert_eq!(events.last().unwrap().json()["status"], "completed");
    assert_end_has_all(events);
}

/// Checks that no answer of these events is missing from the end.
fn assert_end_has_all(events: &[Event]) {
    let (end, partials) = events.split_last().unwrap();
    let end = end.json();
    let ended: HashSet<_> =
        end["suppliers"].as_array().unwrap().iter().map(|report| report["code"].to_string()).collect();
    for partial in partials {
        let code = partial.json()["supplier"]["code"].to_string();
        assert!(ended.contains(&code), "{code} is in a partial but not in the end: {end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_a_hundred_searches_loses_none() {
    let redis = Redis::durable().await;
    let mut system =
        builder().gateways(2).workers(2).set("SIMULATED_LATENCY_MS", "100-2000").start_on(redis).await;
    let clients = system.clients();
    let mut searches = Vec::new();
    for _ in 0..100 {
        searches.push(clients[0].submit().await);
    }
    let follow = |id: String| {
        let clients = clients.clone();
        tokio::spawn(async move {
            Client::follow_persistently(&clients, &id, "?partials=true", Duration::from_secs(90)).await
        })
    };
    let followers: Vec<_> = searches.iter().cloned().map(follow).collect();
    eventually("answers have come", async || {
        (system.redis.run::<usize>("XLEN flight.search.results").await > 100).then_some(())
    })
    .await;
    system.redis.kill().await;
    system.redis.start().await;
    for events in join_all(followers).await {
        assert_complete(&events.unwrap().expect("the search ends"));
    }
    assert_announced_once(&system.redis, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_confirmation_was_lost_is_in_the_end() {
    let system = builder().set("SIMULATED_LATENCY_MS", "100-10000").start().await;
    let client = system.client();
    let mut streams = Vec::new();
    for _ in 0..30 {
        streams.push(client.follow_partials(&client.submit().await).await);
    }
    eventually("answers have come", async || {
        (system.redis.run::<usize>("XLEN flight.search.results").await > 30).then_some(())
    })
    .await;
    // Longer than the timeout: Redis executes the commands afterwards, but their replies are lost.
    system.redis.hang(Duration::from_secs(4)).await;
    for events in read_all(streams).await {
        assert_complete(&events);
    }
    assert_announced_once(&system.redis, 30).await;
    assert!(system.workers[0].log().contains("retrying until it succeeds"), "the worker has waited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_or_group_is_created_again() {
    let system = builder().start().await;
    system.joined(1).await;
    let client = system.client();
    for command in [
        "XGROUP DESTROY flight.search.requested search-processors",
        "DEL flight.search.requested",
        "DEL flight.search.results",
        "DEL flight.search.requested flight.search.results flight.search.cancelled flight.search.suppliers",
    ] {
        let _: redis::Value = system.redis.run(command).await;
        let end = client.result(&client.submit().await).await.json();
        assert_eq!(end["status"], "completed", "{command}");
    }
    // During a search, too.
    let id = client.submit().await;
    let _: redis::Value = system.redis.run("DEL flight.search.requested").await;
    assert!(client.result(&id).await.is_terminal());
}

#[tokio::test(flavor = "multi_thread")]
async fn flushed_scripts_are_loaded_again() {
    let system = builder().set("SIMULATED_LATENCY_MS", "50-400").start().await;
    let client = system.client();
    for _ in 0..3 {
        let id = client.submit().await;
        let mut stream = client.follow_partials(&id).await;
        let first = stream.next().await.unwrap();
        let _: redis::Value = system.redis.run("SCRIPT FLUSH").await;
        let mut events = vec![first];
        events.extend(stream.all().await);
        assert_complete(&events);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_although_the_results_they_missed_were_trimmed() {
    let system = builder().set("SIMULATED_LATENCY_MS", "50-600").start().await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    let mut events = vec![stream.next().await.unwrap()];
    // The gateway is paused until the end. When it goes on, its connections are closed and the log is empty.
    system.gateways[0].service.signal(Signal::STOP);
    eventually("the search has ended", async || {
        let log = system.redis.entries("flight.search.results").await;
        log.iter().any(|entry| entry.contains_key("results")).then_some(())
    })
    .await;
    let _: redis::Value = system.redis.run("XTRIM flight.search.results MAXLEN 0").await;
    let _: redis::Value = system.redis.run("CLIENT KILL TYPE normal").await;
    system.gateways[0].service.signal(Signal::CONT);
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    assert_complete(&events);
    assert_eq!(events.last().unwrap().seq(), events.len() as u64, "nothing is missing in between");
}

/// Submits ten searches and waits until the worker has their jobs.
async fn ten_in_progress(system: &System) -> Vec<String> {
    let client = system.client();
    let mut searches = Vec::new();
    for _ in 0..10 {
        searches.push(client.submit().await);
    }
    eventually("the worker has them", async || {
        (system.workers[0].log().matches("job taken").count() == 10).then_some(())
    })
    .await;
    searches
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_refuses_searches_and_loses_none() {
    let mut system = builder().set("SIMULATED_LATENCY_MS", "4000").start().await;
    let client = system.client();
    let searches = ten_in_progress(&system).await;
    let _: redis::Value = system.redis.run("CONFIG SET maxmemory 1").await;
    eventually("a search is refused because Redis is full", async || {
        let (status, response) = client.post(&test_kit::client::example()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{response}");
        (response["code"] == "storage_full").then_some(())
    })
    .await;
    eventually("the worker keeps its answers", async || {
        system.workers[0].log().contains("retrying until it succeeds").then_some(())
    })
    .await;
    let _: redis::Value = system.redis.run("CONFIG SET maxmemory 0").await;
    for id in &searches {
        assert_eq!(client.result(id).await.json()["status"], "completed");
    }
    assert_announced_once(&system.redis, 10).await;
    let id = eventually("searches are accepted again", async || client.try_submit().await).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
    assert!(!system.gateways[0].service.has_ended() && !system.workers[0].has_ended(), "nothing has crashed");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_full_a_dead_workers_jobs_are_taken_over_and_a_new_worker_reads() {
    let mut system =
        builder().workers(0).set("SIMULATED_LATENCY_MS", "500").set("JOB_LEASE_MS", "2000").start().await;
    let client = system.client();
    let held = client.submit().await;
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "60000")]);
    eventually("the worker has it", async || system.workers[0].log().contains("job taken").then_some(()))
        .await;
    system.workers[0].kill().await;
    let waiting = client.submit().await;
    let _: redis::Value = system.redis.run("CONFIG SET maxmemory 1").await;
    system.add_worker();
    eventually("the new worker has both", async || {
        (system.workers[1].log().matches("job taken").count() == 2).then_some(())
    })
    .await;
    let _: redis::Value = system.redis.run("CONFIG SET maxmemory 0").await;
    for id in [&held, &waiting] {
        assert_eq!(client.result(id).await.json()["status"], "completed");
    }
    assert_announced_once(&system.redis, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_takes_no_writes_for_a_while_refuses_searches_and_loses_none() {
    let system = builder().set("SIMULATED_LATENCY_MS", "4000").start().await;
    let client = system.client();
    let searches = ten_in_progress(&system).await;
    let _: redis::Value = system.redis.run("CONFIG SET min-replicas-to-write 1").await;
    let post =
        client.request(reqwest::Method::POST, "/api/flights/search").json(&test_kit::client::example());
    let refused = post.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    eventually("the worker keeps its answers", async || {
        system.workers[0].log().contains("retrying until it succeeds").then_some(())
    })
    .await;
    let _: redis::Value = system.redis.run("CONFIG SET min-replicas-to-write 0").await;
    for id in &searches {
        assert_eq!(client.result(id).await.json()["status"], "completed");
    }
    assert_announced_once(&system.redis, 10).await;
    assert!(system.redis.entries("flight.search.dead").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_forgets_everything_ends_open_streams_all_the_same() {
    let system = builder().set("SIMULATED_LATENCY_MS", "100-4000").start().await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    // More answers than are still to come: a new record never has as many.
    let mut events = Vec::new();
    for _ in 0..7 {
        events.push(stream.next().await.unwrap());
    }
    let _: redis::Value = system.redis.run("FLUSHALL").await;
    events.extend(stream.all().await);
    assert_eq!(events.iter().filter(|event| event.is_terminal()).count(), 1, "{events:?}");
    assert!(events.is_sorted_by(|a, b| a.seq() < b.seq()), "{events:?}");
    assert!(!events.last().unwrap().json()["results"].as_array().unwrap().is_empty());
    assert_end_has_all(&events);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_redis_lost_its_last_writes_the_end_still_has_all_answers() {
    let system = builder().set("SIMULATED_LATENCY_MS", "300-3000").start().await;
    let client = system.client();
    let id = client.submit().await;
    let record = format!("flight.search.record:{id}");
    let mut stream = client.follow_partials(&id).await;
    let mut events = vec![stream.next().await.unwrap()];
    let _: redis::Value = system.redis.run(&format!("COPY {record} earlier")).await;
    for _ in 0..6 {
        events.push(stream.next().await.unwrap());
    }
    let _: redis::Value = system.redis.run(&format!("COPY earlier {record} REPLACE")).await;
    events.extend(stream.all().await);
    assert!(events.is_sorted_by(|a, b| a.seq() < b.seq()), "{events:?}");
    assert_end_has_all(&events);
    let all = events.last().unwrap().json()["suppliers"].as_array().unwrap().len();
    assert_eq!(events[0].json()["progress"]["of"], all, "with the answers that Redis lost");
}
