use reqwest::{Method, StatusCode};
use serde_json::json;
use test_kit::{Client, System, eventually};

use super::{add_gateway, add_worker, change, data, data_until};

/// A system in which a job has killed three workers, with its search and its dead letter's entry.
async fn poisoned() -> (System, Client, String, String) {
    let mut system = System::builder()
        .gateways(0)
        .workers(0)
        .set("SIMULATED_LATENCY_MS", "50000")
        .set("JOB_LEASE_MS", "1500")
        .start()
        .await;
    let operators = add_gateway(&mut system, &[]).await;
    let id = system.client().submit().await;
    for _ in 0..3 {
        let before = system.workers.len();
        system.add_worker();
        eventually("the worker has the job", async || {
            system.workers[before].log().contains("job taken").then_some(())
        })
        .await;
        system.workers[before].kill().await;
    }
    // It buries the job. What it replays, it can answer.
    system.add_worker_with(&[("SIMULATED_LATENCY_MS", "10-50")]);
    let page =
        data_until(&operators, "/api/dead-letters", "the job is a dead letter", |page| page["total"] == 1)
            .await;
    let letter = &page["dead_letters"][0];
    assert_eq!(letter["search_id"].as_str(), Some(id.as_str()));
    assert_eq!(letter["reason"], "3 workers died or stalled over it");
    let entry = letter["entry"].as_str().unwrap().to_owned();
    (system, operators, id, entry)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_job_is_listed_replayed_as_a_new_search_once_and_answered() {
    let (system, operators, id, entry) = poisoned().await;
    let client = system.client();
    assert_eq!(client.result(&id).await.json()["status"], "failed");
    let history = data(&operators, &format!("/api/searches/{id}")).await;
    let events = history["events"].as_array().unwrap();
    assert!(
        events.iter().any(|event| event["event"] == "buried" && event["dead_letter"] == entry.as_str()),
        "{history:#}"
    );
    let letter = data(&operators, &format!("/api/dead-letters/{entry}")).await;
    let fields: Vec<_> = letter["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    assert_eq!(fields[..5], ["search_id", "from", "to", "date", "passengers"]);

    let path = format!("/api/dead-letters/{entry}/replay");
    let (status, body) = change(&operators, Method::POST, &path, "").await;
    assert_eq!((status, &body["data"]["is_new"]), (StatusCode::OK, &json!(true)), "{body}");
    let new = body["data"]["search_id"].as_str().unwrap();
    assert_ne!(new, id);
    assert_eq!(client.result(new).await.json()["status"], "completed");
    assert_eq!(client.result(&id).await.json()["status"], "failed", "its end stays");

    let (status, body) = change(&operators, Method::POST, &path, "").await;
    assert_eq!(
        (status, body["code"].as_str()),
        (StatusCode::NOT_FOUND, Some("no_such_dead_letter")),
        "{body}"
    );
    assert_eq!(data(&operators, "/api/dead-letters").await["total"], 0);
    assert!(system.gateways[0].service.log().contains("dead letter replayed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_whose_search_has_not_ended_is_a_new_delivery_with_all_its_fields() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let operators = add_gateway(&mut system, &[]).await;
    let client = system.client();
    let id = client.submit().await;
    // As if its worker had died between burying the job and failing the search.
    let job = system.redis.entries("flight.search.requested").await.remove(0);
    let mut fields = vec![("reason", "died"), ("entry_id", "1-1"), ("cabin", "business")];
    fields.extend(job.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let entry = system.redis.add("flight.search.dead", &fields).await;
    let _: i64 = system.redis.run("XTRIM flight.search.requested MAXLEN 0").await;

    let path = format!("/api/dead-letters/{entry}/replay");
    let (status, body) = change(&operators, Method::POST, &path, "").await;
    assert_eq!((status, &body["data"]["is_new"]), (StatusCode::OK, &json!(false)), "{body}");
    assert_eq!(body["data"]["search_id"].as_str(), Some(id.as_str()));
    let mut again = system.redis.entries("flight.search.requested").await.remove(0);
    assert_eq!(again.remove("cabin").as_deref(), Some("business"));
    assert_eq!(again, job);
    let history = data(&operators, &format!("/api/searches/{id}")).await;
    assert_eq!(history["events"][1]["event"], "queued_again");
    add_worker(&mut system, &[]).await;
    assert_eq!(client.result(&id).await.json()["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_that_can_t_be_understood_is_shown_replayed_and_dropped() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let operators = add_gateway(&mut system, &[]).await;
    add_worker(&mut system, &[]).await;
    system
        .redis
        .add("flight.search.requested", &[("search_id", "nonsense"), ("x", &"y".repeat(20_000))])
        .await;
    let page =
        data_until(&operators, "/api/dead-letters", "it is a dead letter", |page| page["total"] == 1).await;
    let letter = &page["dead_letters"][0];
    assert_eq!((&letter["search_id"], &letter["fields"][1]["is_cut"]), (&json!(null), &json!(true)));
    assert!(letter["fields"][1]["value"].as_str().unwrap().len() < 1000);
    let entry = letter["entry"].as_str().unwrap();
    let one = data(&operators, &format!("/api/dead-letters/{entry}")).await;
    assert_eq!(one["fields"][1]["value"].as_str().unwrap().len(), 16 * 1024);

    // Replayed, it is no better. Its new search fails.
    let (_, body) = change(&operators, Method::POST, &format!("/api/dead-letters/{entry}/replay"), "").await;
    let new = body["data"]["search_id"].as_str().unwrap();
    assert_eq!(system.client().result(new).await.json()["status"], "failed");
    let page =
        data_until(&operators, "/api/dead-letters", "it is dead again", |page| page["total"] == 1).await;
    let again = page["dead_letters"][0]["entry"].as_str().unwrap();
    assert_ne!(again, entry);

    let path = format!("/api/dead-letters/{again}");
    assert_eq!(change(&operators, Method::DELETE, &path, "").await.0, StatusCode::OK);
    let (status, body) = change(&operators, Method::DELETE, &path, "").await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::NOT_FOUND, Some("no_such_dead_letter")));
    assert_eq!(operators.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(operators.get("/api/dead-letters/nonsense").await.0, StatusCode::BAD_REQUEST);
    let (status, body) = operators.get("/api/dead-letters?limit=1&limit=2").await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_request")), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_can_t_be_decoded_hide_no_other_search() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let operators = add_gateway(&mut system, &[]).await;
    let id = system.client().submit().await;
    // A job whose `from` is not UTF-8, an entry of the result log of no search, and a record that is none.
    let job =
        r"EVAL redis.call('XADD','flight.search.dead','*','reason','died','entry_id','1-1','from','\255') 0";
    let _: redis::Value = system.redis.run(job).await;
    let result = r"EVAL redis.call('XADD','flight.search.results','*','search_id','\255','seq','\255') 0";
    let _: redis::Value = system.redis.run(result).await;
    let other = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
    let _: i64 = system.redis.run(&format!("ZADD flight.search.open 99999999999999 {other}")).await;
    let _: redis::Value = system.redis.run(&format!("SET flight.search.record:{other} nonsense")).await;

    let page = data(&operators, "/api/dead-letters").await;
    let entry = page["dead_letters"][0]["entry"].as_str().unwrap();
    let path = format!("/api/dead-letters/{entry}/replay");
    let (status, body) = change(&operators, Method::POST, &path, "").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let new = body["data"]["search_id"].as_str().unwrap();
    let listed = data(&operators, "/api/searches").await;
    let searches: Vec<_> = listed["searches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|search| (search["search_id"].as_str().unwrap(), search["from"].as_str().unwrap()))
        .collect();
    assert_eq!(searches, [(new, "\u{fffd}"), (&*id, "CGK")], "{listed:#}");
    for id in [new, &id] {
        assert_eq!(data(&operators, &format!("/api/searches/{id}")).await["search_id"], id);
    }
}
