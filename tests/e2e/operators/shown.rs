use std::time::Duration;

use serde_json::json;
use test_kit::{System, client::example, eventually, wait::within};

use super::{add_gateway, add_worker, data, data_until};

#[tokio::test(flavor = "multi_thread")]
async fn the_status_shows_services_queue_and_redis() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let gateway = add_gateway(&mut system, &[]).await;
    for _ in 0..3 {
        system.client().submit().await;
    }
    let status = data_until(&gateway, "/api/status", "it is known that no worker is alive", |status| {
        status["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "no_worker")
    })
    .await;
    assert_eq!((&status["service"], &status["problems"]), (&json!("gateway"), &json!([])));
    assert_eq!(status["queue"]["waiting"], 3);
    assert!(status["queue"]["oldest_ms"].as_u64().unwrap() > 1000);
    let jobs: u64 =
        status["queue"]["ages"].as_array().unwrap().iter().map(|group| group["jobs"].as_u64().unwrap()).sum();
    assert_eq!((jobs, &status["open_searches"]), (3, &json!(3)));
    assert_eq!(status["redis"]["role"], "master");
    assert!(status["redis"]["clock_skew_ms"].as_i64().unwrap().abs() < 10_000);
    assert_eq!(status["gateways"].as_array().unwrap().len(), 1);

    let worker = add_worker(&mut system, &[]).await;
    let status = data_until(&worker, "/api/status", "the jobs are done", |status| {
        status["open_searches"] == 0 && status["workers"]["alive"] == 1 && status["queue"]["waiting"] == 0
    })
    .await;
    assert_eq!(status["service"], "worker");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_the_status_says_so() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let gateway = add_gateway(&mut system, &[]).await;
    system.redis.kill().await;
    let status = data_until(&gateway, "/api/status", "the gateway is not ready", |status| {
        !status["problems"].as_array().unwrap().is_empty()
    })
    .await;
    assert_eq!(status["unread"][0]["code"], "redis_unavailable");
    assert!(status["redis"].is_null());
    let (code, body) = gateway.get("/api/workers").await;
    assert_eq!((code.as_u16(), body["code"].as_str()), (503, Some("redis_unavailable")));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_shown_with_their_jobs_and_disappear_when_they_die_or_leave() {
    let mut system = System::builder()
        .gateways(0)
        .workers(0)
        .set("SIMULATED_LATENCY_MS", "60000")
        .set("JOB_LEASE_MS", "2000")
        .start()
        .await;
    let operators = add_gateway(&mut system, &[]).await;
    add_worker(&mut system, &[]).await;
    let id = system.client().submit().await;
    let shown =
        data_until(&operators, "/api/workers", "the worker says how long it has had the job", |list| {
            list["workers"][0]["jobs"][0]["for_ms"].is_u64()
        })
        .await;
    let worker = &shown["workers"][0];
    assert_eq!((worker["is_alive"].as_bool(), &worker["in_progress"]), (Some(true), &json!(1)));
    assert_eq!(worker["snapshot"]["version"], env!("CARGO_PKG_VERSION"));
    let job = &worker["jobs"][0];
    assert_eq!((job["search_id"].as_str(), &job["deliveries"]), (Some(id.as_str()), &json!(1)));

    // A worker that is killed disappears once another has its jobs.
    let dead = worker["name"].as_str().unwrap().to_owned();
    system.workers[0].kill().await;
    add_worker(&mut system, &[]).await;
    let shown = within(Duration::from_secs(30), "only the new worker is left", async || {
        let list = data(&operators, "/api/workers").await;
        let workers = list["workers"].as_array().unwrap().clone();
        (workers.len() == 1 && workers[0]["name"] != dead.as_str()).then_some(workers)
    })
    .await;
    assert_eq!(
        (shown[0]["jobs"][0]["search_id"].as_str(), &shown[0]["jobs"][0]["deliveries"]),
        (Some(id.as_str()), &json!(2))
    );
    let snapshots = async || system.redis.run::<Vec<String>>("KEYS flight.search.worker:*").await;
    eventually("what the dead worker said of itself is gone", async || {
        (!snapshots().await.iter().any(|key| key.ends_with(&dead))).then_some(())
    })
    .await;

    // One that stops leaves nothing behind.
    system.workers[1].terminate();
    assert_eq!(system.workers[1].exit_code().await, Some(0));
    data_until(&operators, "/api/workers", "no worker is left", |list| list["workers"] == json!([])).await;
    eventually("no worker says anything of itself", async || snapshots().await.is_empty().then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suppliers_are_shown_with_breaker_rates_and_last_error() {
    let mut system =
        System::builder().gateways(0).workers(0).set("SIMULATED_FAILURE_RATE", "1").start().await;
    let operators = add_gateway(&mut system, &[]).await;
    add_worker(&mut system, &[]).await;
    let client = system.client();
    // Twenty failures open a breaker.
    for _ in 0..21 {
        let id = client.submit().await;
        client.result(&id).await;
    }
    let shown = data_until(&operators, "/api/suppliers", "a breaker has opened", |list| {
        list["suppliers"][0]["workers"][0]["breaker"] == "open"
    })
    .await;
    let at = &shown["suppliers"][0]["workers"][0];
    assert_eq!(at["last_error"]["cause"], "simulated failure");
    assert!(at["failures_last_minute"].as_u64() > Some(0) && at["failures"] == at["calls"], "{at}");
    assert_eq!(at["in_flight"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_has_a_history() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let operators = add_gateway(&mut system, &[]).await;
    let client = system.client();
    let waiting = client.submit().await;
    let history = data(&operators, &format!("/api/searches/{waiting}")).await;
    assert_eq!((&history["status"], &history["job"]["worker"]), (&json!("processing"), &json!(null)));
    assert_eq!(history["events"].as_array().unwrap().len(), 1);

    add_worker(&mut system, &[]).await;
    let end = client.result(&waiting).await.json();
    let history = data(&operators, &format!("/api/searches/{waiting}")).await;
    let events = history["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("accepted", "ended"));
    let answers: Vec<_> = events.iter().filter(|event| event["event"] == "answered").collect();
    assert_eq!(answers.len(), end["suppliers"].as_array().unwrap().len());
    let times: Vec<_> = events.iter().map(|event| event["at"].as_u64().unwrap()).collect();
    assert!(times.is_sorted(), "{history:#}");
    for (at, answer) in answers.iter().enumerate() {
        assert_eq!(answer["seq"], at as u64 + 1);
        assert!(end["suppliers"].as_array().unwrap().contains(&answer["report"]), "{answer}");
    }
    assert_eq!((&events.last().unwrap()["offers"], &history["gaps"]), (&end["total"], &json!([])));

    let (_, refused) = client.post(&json!({"suppliers": ["GA"], "timeout_ms": 100})).await;
    assert_eq!(refused["success"], false);
    let mut search = example();
    search["suppliers"] = json!(["GA"]);
    let (_, body) = client.post(&search).await;
    let second = body["data"]["search_id"].as_str().unwrap();
    client.result(second).await;
    let listed = data(&operators, "/api/searches").await;
    let ids: Vec<_> =
        listed["searches"].as_array().unwrap().iter().map(|search| &search["search_id"]).collect();
    assert_eq!(ids, [second, &waiting], "newest first");
    assert_eq!((&listed["searches"][0]["answers"], &listed["open"]), (&json!(1), &json!(0)));

    let (status, body) = operators.get("/api/searches/7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11").await;
    assert_eq!((status.as_u16(), body["code"].as_str()), (404, Some("no_such_search")));
    let (status, body) = operators.get("/api/searches/nonsense").await;
    assert_eq!((status.as_u16(), body["code"].as_str()), (400, Some("invalid_request")));
}
