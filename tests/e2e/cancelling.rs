//! `DELETE /api/flights/search/{id}` cancels a search.

use std::time::Duration;

use reqwest::StatusCode;
use test_kit::{Flow, Link, System, eventually, sse::read_all, wait::within};

use crate::metrics::{add_worker, scrape};

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_of_every_gateway_get_the_terminal_event_and_the_worker_stops() {
    let system = System::builder().gateways(2).set("SIMULATED_LATENCY_MS", "20000").start().await;
    let clients = system.clients();
    let id = clients[0].submit().await;
    let streams = vec![clients[0].follow(&id).await, clients[1].follow_partials(&id).await];
    eventually("the worker has the job", async || {
        system.workers[0].log().contains("job taken").then_some(())
    })
    .await;

    let (status, response) = clients[1].cancel(&id).await;
    assert_eq!((status, response["data"]["status"].as_str()), (StatusCode::OK, Some("cancelled")));
    let events = read_all(streams).await;
    assert_eq!(events[0].len(), 1);
    assert_eq!(events[0], events[1]);
    let end = events[0][0].json();
    assert_eq!(
        (end["status"].as_str(), end["results"].as_array().map(Vec::len)),
        (Some("cancelled"), Some(0))
    );
    within(Duration::from_secs(12), "the job is out of the queue", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;

    assert_eq!(clients[0].result(&id).await, events[0][0], "late clients get it too");
    assert_eq!(clients[0].state(&id).await.1["data"]["status"], "cancelled");
    let (status, response) = clients[0].cancel(&id).await;
    assert_eq!((status, response["code"].as_str()), (StatusCode::CONFLICT, Some("already_ended")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_missed_a_cancellation_stops_when_it_is_connected_again() {
    let mut system = System::builder().workers(0).set("SIMULATED_LATENCY_MS", "60000").start().await;
    let link = Link::to(system.redis.addr()).await;
    let worker = add_worker(&mut system, &[("REDIS_ADDR", &link.addr())]).await;
    let client = system.client();
    let id = client.submit().await;
    let in_progress = async || scrape(&worker).await.sum("flight_search_jobs_in_progress", &[]);
    eventually("the job is in progress", async || (in_progress().await == Some(1.0)).then_some(())).await;

    link.change(|terms| (terms.up, terms.down) = (Flow::Held, Flow::Held));
    link.cut();
    eventually("the worker is cut off", async || {
        system.workers[0].log().contains("the worker waits for Redis").then_some(())
    })
    .await;
    assert_eq!(client.cancel(&id).await.0, StatusCode::OK);
    // As if more cancellations had followed than the stream keeps.
    assert_eq!(system.redis.run::<usize>("DEL flight.search.cancelled").await, 1);
    link.heal();
    eventually("the worker stops", async || (in_progress().await == Some(0.0)).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_has_the_answers_that_had_arrived_and_lists_the_other_suppliers() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "50-20000").start().await;
    system.workers_ready().await;
    let client = system.client();
    let id = client.submit().await;
    let mut stream = client.follow_partials(&id).await;
    let mut events = vec![stream.next().await.unwrap(), stream.next().await.unwrap()];
    assert_eq!(client.cancel(&id).await.0, StatusCode::OK);
    events.extend(stream.all().await);
    let (end, partials) = events.split_last().unwrap();
    assert!(end.is_terminal() && partials.iter().all(|event| event.name == "partial"));
    assert_eq!(end.seq(), partials.len() as u64 + 1);

    let end = end.json();
    let listed = end["suppliers"].as_array().unwrap();
    assert_eq!(listed.len() as u64, partials[0].json()["progress"]["of"].as_u64().unwrap());
    let (answered, others) = listed.split_at(partials.len());
    let reports: Vec<_> = partials.iter().map(|partial| partial.json()["supplier"]["code"].clone()).collect();
    assert_eq!(answered.iter().map(|report| report["code"].clone()).collect::<Vec<_>>(), reports);
    assert!(!others.is_empty());
    for report in others {
        assert_eq!((&report["status"], &report["offers"]), (&"timeout".into(), &0.into()));
        assert_eq!(report["reason"], "the search was cancelled");
    }
    assert_eq!(client.state(&id).await.1["data"]["suppliers"], end["suppliers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_cancelled_before_a_worker_has_it_is_never_worked_on() {
    let mut system = System::builder().workers(0).start().await;
    let client = system.client();
    let id = client.submit().await;
    assert_eq!(client.cancel(&id).await.0, StatusCode::OK);
    assert_eq!(client.result(&id).await.json()["status"], "cancelled");
    system.add_worker();
    eventually("the worker removes the job", async || {
        (system.redis.run::<usize>("XLEN flight.search.requested").await == 0).then_some(())
    })
    .await;
    let ends = system.redis.entries("flight.search.results").await;
    assert_eq!(ends.len(), 1, "one end and no answer: {ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_search_cannot_be_cancelled() {
    let system = System::start().await;
    let client = system.client();
    let id = client.submit().await;
    let end = client.result(&id).await;
    assert_eq!(client.cancel(&id).await.0, StatusCode::CONFLICT);
    assert_eq!(client.result(&id).await, end);
}
