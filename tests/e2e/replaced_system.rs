//! Gateway and worker of the replaced Go system work with the worker and gateway of this one.

use std::{collections::HashSet, time::Duration};

use test_kit::{Client, Redis, System, eventually, sse::read_all, within};
use uuid::Uuid;

const RESULTS: &str =
    r#"[{"flight_number":"GA57","price":1500000},{"flight_number":"QZ7510","price":900000}]"#;

async fn add_go_job(redis: &Redis, id: &str) {
    let fields =
        [("search_id", id), ("from", "CGK"), ("to", "DPS"), ("date", "2025-07-10"), ("passengers", "2")];
    redis.add("flight.search.requested", &fields).await;
}

async fn add_go_result(redis: &Redis, id: &str) {
    let fields = [("search_id", id), ("status", "completed"), ("results", RESULTS)];
    redis.add("flight.search.results", &fields).await;
}

/// The ends that a consumer of the replaced system sees in the result log: to it, any entry with `search_id` and
/// `results` ends that search.
async fn finals(redis: &Redis) -> Vec<String> {
    let entries = redis.entries("flight.search.results").await;
    entries
        .iter()
        .filter(|entry| entry.contains_key("results"))
        .filter_map(|entry| entry.get("search_id").cloned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_the_old_gateway_is_answered_once() {
    let system = System::start().await;
    let id = Uuid::new_v4().to_string();
    add_go_job(&system.redis, &id).await;
    eventually("the result is published", async || {
        (finals(&system.redis).await == [id.as_str()]).then_some(())
    })
    .await;
    let entries = system.redis.entries("flight.search.results").await;
    let end = entries.iter().find(|entry| entry.contains_key("results")).unwrap();
    assert_eq!(end["status"], "completed");
    let offers: Vec<serde_json::Value> = serde_json::from_str(&end["results"]).unwrap();
    assert!(offers.iter().all(|offer| offer["flight_number"].is_string() && offer["price"].is_u64()));
    // Clients of the new gateway can read it too.
    assert_eq!(system.client().result(&id).await.json()["search_id"], id.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_the_old_worker_reaches_open_streams_and_late_clients_of_every_gateway() {
    let system = System::builder().gateways(2).workers(0).start().await;
    let clients = system.clients();
    let id = clients[0].submit().await;
    let mut streams = Vec::new();
    for client in clients.iter().chain(&clients) {
        streams.push(client.follow(&id).await);
    }
    add_go_result(&system.redis, &id).await;
    let followed = read_all(streams).await;
    assert_eq!(
        followed[0][0].data,
        format!(r#"{{"search_id":"{id}","status":"completed","results":{RESULTS}}}"#)
    );
    assert!(followed.iter().all(|events| *events == followed[0]), "all clients get the same: {followed:?}");
    for client in &clients {
        assert_eq!(client.result(&id).await, followed[0][0], "late");
    }
    assert_eq!(finals(&system.redis).await, [id.as_str()], "not announced again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_the_old_worker_with_nobody_listening_is_kept_for_a_late_client() {
    let system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = client.submit().await;
    add_go_result(&system.redis, &id).await;
    eventually("the state shows it", async || {
        (client.state(&id).await.1["data"]["status"] == "completed").then_some(())
    })
    .await;
    assert_eq!(client.result(&id).await.json()["results"][0]["flight_number"], "GA57");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_the_old_worker_that_came_while_no_gateway_ran_is_kept_too() {
    let mut system = System::builder().workers(0).start().await;
    let id = system.client().submit().await;
    system.gateways.pop().unwrap().service.kill().await;
    add_go_result(&system.redis, &id).await;
    system.add_gateway().await;
    system.gateways[0].ready().await;
    let client = system.client();
    eventually("the state shows it", async || {
        (client.state(&id).await.1["data"]["status"] == "completed").then_some(())
    })
    .await;
    assert_eq!(client.result(&id).await.json()["results"][0]["flight_number"], "GA57");
    assert_eq!(finals(&system.redis).await, [id.as_str()], "not announced again");
}

/// A search that the old worker has answered while no gateway ran, with its deadline past by now.
async fn answered_before_its_deadline(system: &mut System) -> String {
    let id = system.client().submit().await;
    system.gateways.pop().unwrap().service.kill().await;
    // A long log, so that a gateway needs some time to read through it.
    let mut log = redis::pipe();
    for _ in 0..2000 {
        log.xadd("flight.search.results", "*", &[("search_id", &*Uuid::new_v4().to_string()), ("of", "1")])
            .ignore();
    }
    log.exec_async(&mut system.redis.connect().await).await.unwrap();
    let stream = "flight.search.requested";
    let _: redis::Value =
        system.redis.run(&format!("XGROUP CREATE {stream} search-processors 0 MKSTREAM")).await;
    let read = format!("XREADGROUP GROUP search-processors old COUNT 1 STREAMS {stream} >");
    let read: redis::streams::StreamReadReply = system.redis.run(&read).await;
    add_go_result(&system.redis, &id).await;
    let done = &read.keys[0].ids[0].id;
    let _: usize = system.redis.run(&format!("XACK {stream} search-processors {done}")).await;
    eventually("its deadline is long past", async || {
        let deadline: u64 = system.redis.run(&format!("HGET flight.search.record:{id} deadline_ms")).await;
        let (seconds, _): (u64, u64) = system.redis.run("TIME").await;
        (seconds * 1000 > deadline + 2000).then_some(())
    })
    .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_the_old_worker_counts_also_when_a_gateway_comes_after_the_deadline() {
    let mut system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "2000").start().await;
    let id = answered_before_its_deadline(&mut system).await;
    system.add_gateway().await;
    system.gateways[0].ready().await;
    let client = system.client();
    eventually("it has ended", async || {
        (client.state(&id).await.1["data"]["status"] != "processing").then_some(())
    })
    .await;
    assert_eq!(client.result(&id).await.json()["results"][0]["flight_number"], "GA57");
    assert_eq!(finals(&system.redis).await, [id.as_str()], "not announced again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_the_old_worker_counts_also_when_only_a_new_worker_runs_at_the_deadline() {
    let mut system = System::builder().workers(0).set("SEARCH_DEADLINE_MS", "2000").start().await;
    let id = answered_before_its_deadline(&mut system).await;
    system.add_worker();
    eventually("it has ended", async || {
        let status: String = system.redis.run(&format!("HGET flight.search.record:{id} status")).await;
        (status != "processing").then_some(())
    })
    .await;
    assert_eq!(finals(&system.redis).await, [id.as_str()], "not announced again");
    let results: String = system.redis.run(&format!("HGET flight.search.record:{id} results")).await;
    assert!(results.contains("GA57"), "{results}");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_the_old_worker_leaves_in_the_stream_are_no_backlog() {
    let system = System::builder().workers(0).set("MAX_BACKLOG", "20").start().await;
    let client = system.client();
    let stream = "flight.search.requested";
    let _: redis::Value =
        system.redis.run(&format!("XGROUP CREATE {stream} search-processors 0 MKSTREAM")).await;
    let mut done = Vec::new();
    for _ in 0..20 {
        add_go_job(&system.redis, &Uuid::new_v4().to_string()).await;
        let read = format!("XREADGROUP GROUP search-processors old COUNT 1 STREAMS {stream} >");
        let read: redis::streams::StreamReadReply = system.redis.run(&read).await;
        done.push(read.keys[0].ids[0].id.clone());
    }
    // It acknowledges finished jobs but never deletes them. Two jobs are still in progress.
    for entry in done.iter().take(18) {
        let _: usize = system.redis.run(&format!("XACK {stream} search-processors {entry}")).await;
    }
    // Two more wait.
    for _ in 0..2 {
        add_go_job(&system.redis, &Uuid::new_v4().to_string()).await;
    }
    within(Duration::from_secs(90), "only jobs in progress and waiting jobs are left", async || {
        (system.redis.run::<usize>(&format!("XLEN {stream}")).await == 4).then_some(())
    })
    .await;
    let left: redis::streams::StreamRangeReply = system.redis.run(&format!("XRANGE {stream} - +")).await;
    assert_eq!(left.ids[0].id, done[18], "no job in progress is deleted");
    eventually("searches are accepted", async || client.try_submit().await).await;

    for entry in &done[18..] {
        let _: usize = system.redis.run(&format!("XACK {stream} search-processors {entry}")).await;
    }
    within(Duration::from_secs(90), "only waiting jobs are left", async || {
        (system.redis.run::<usize>(&format!("XLEN {stream}")).await == 3).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_consumer_sees_each_search_once() {
    let system = System::builder().workers(2).start().await;
    let client = system.client();
    let mut streams = Vec::new();
    let mut searches = HashSet::new();
    for _ in 0..20 {
        let id = client.submit().await;
        streams.push(client.follow_partials(&id).await);
        searches.insert(id);
    }
    read_all(streams).await;
    let seen = finals(&system.redis).await;
    assert_eq!(seen.len(), 20);
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), searches);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_malformed_entries_are_skipped() {
    let system = System::start().await;
    let client: Client = system.client();
    let id = client.submit().await;
    let stream = client.follow(&id).await;
    for fields in [
        vec![("nonsense", "1")],
        vec![("search_id", "no-uuid"), ("results", "[]")],
        vec![("search_id", id.as_str()), ("results", "{not json")],
        vec![("search_id", id.as_str()), ("seq", "x"), ("of", "1"), ("supplier", "{}"), ("offers", "[]")],
        vec![("search_id", id.as_str()), ("seq", "18446744073709551615"), ("results", "[")],
    ] {
        system.redis.add("flight.search.results", &fields).await;
        system.redis.add("flight.search.requested", &fields).await;
    }
    let no_such_day = Uuid::new_v4().to_string();
    let job = [
        ("search_id", no_such_day.as_str()),
        ("from", "CGK"),
        ("to", "DPS"),
        ("date", "2025-02-30"),
        ("passengers", "2"),
    ];
    system.redis.add("flight.search.requested", &job).await;

    assert_eq!(stream.all().await.len(), 1, "the valid search ends");
    assert_eq!(
        client.result(&client.submit().await).await.json()["status"],
        "completed",
        "the next search ends"
    );
    let dead = eventually("every malformed job is a dead letter", async || {
        let dead = system.redis.entries("flight.search.dead").await;
        (dead.len() == 6).then_some(dead)
    })
    .await;
    assert!(dead.iter().all(|letter| letter["reason"].contains("can't be understood")), "{dead:?}");
    assert!(
        dead.iter().any(|letter| letter["reason"].contains("date")),
        "the wrong field is named: {dead:?}"
    );
    // A search whose job is malformed ends too.
    assert_eq!(client.result(&no_such_day).await.json()["status"], "failed");
    system.gateways[0].ready().await;
    eventually("no job is left", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
}
