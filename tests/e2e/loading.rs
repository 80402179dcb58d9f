//! Records that take long to load, or can't be loaded, delay nothing else.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use reqwest::StatusCode;
use serde_json::json;
use test_kit::{Client, EventStream, Link, Redis, System, wait::within};

/// About as large as an answer's offers may be.
const LARGE: usize = 500 * 1024;

/// A gateway that reaches Redis through a link, and a worker that reaches it directly.
async fn system_behind(link: &Link, redis: Redis) -> System {
    let mut system = System::builder().gateways(0).workers(1).start_on(redis).await;
    system.settings.push(("REDIS_ADDR".into(), link.addr()));
    system.add_gateway().await;
    system.gateways[0].ready().await;
    system
}

/// Stores an answer with this sequence number in the search's record, without announcing it.
async fn store(redis: &mut MultiplexedConnection, id: &str, seq: u64, bytes: usize) {
    let report =
        json!({"code": format!("S{seq}"), "name": "S", "status": "ok", "elapsed_ms": 1, "offers": 1});
    let offers = json!([{ "carrier": "x".repeat(bytes) }]);
    let record = format!("flight.search.record:{id}");
    let mut pipe = redis::pipe();
    pipe.hset(&record, format!("supplier:S{seq}"), format!("{seq}\n9\n{report}\n{offers}"));
    pipe.hset(&record, "seq", seq).exec_async(redis).await.unwrap();
}

/// Submits this many searches, removes their jobs, and follows them.
async fn follow_many(system: &System, client: &Client, count: usize) -> (Vec<String>, Vec<EventStream>) {
    let ids = join_all((0..count).map(async |_| client.submit().await)).await;
    let _: () = system.redis.run("XTRIM flight.search.requested MAXLEN 0").await;
    let streams = join_all(ids.iter().map(async |id| client.follow_partials(id).await)).await;
    (ids, streams)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_has_much_to_load_is_ready_and_sends_new_events_meanwhile() {
    let redis = Redis::volatile().await;
    let link = Link::to(redis.addr()).await;
    let mut system = system_behind(&link, redis).await;
    let client = system.client();
    system.workers[0].kill().await;
    let (ids, mut streams) = follow_many(&system, &client, 60).await;
    let mut redis = system.redis.connect().await;
    for id in &ids {
        store(&mut redis, id, 1, LARGE).await;
    }
    system.add_worker();

    // The 30 MB of records take twenty seconds.
    link.change(|terms| terms.rate = Some(1_500_000));
    link.cut();
    let cut = Instant::now();
    let is_ready = async || client.get("/health/ready").await.0 == StatusCode::OK;
    // The gateway may not have noticed the cut yet.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let is_soon_ready = async || {
        within(Duration::from_secs(8), "the gateway is ready", async || is_ready().await.then_some(())).await;
    };
    is_soon_ready().await;
    let mut completed = 0;
    while cut.elapsed() < Duration::from_secs(10) {
        is_soon_ready().await;
        let asked = Instant::now();
        let id = client.submit().await;
        assert_eq!(client.result(&id).await.json()["status"], "completed");
        assert!(asked.elapsed() < Duration::from_secs(9), "a new search took {:?}", asked.elapsed());
        completed += 1;
    }
    assert!(completed > 0);
    let loaded = join_all(streams.iter_mut().map(|stream| stream.next_within(Duration::from_mins(1)))).await;
    assert!(
        loaded.iter().all(|event| event.as_ref().is_some_and(|event| event.seq() == 1)),
        "all are loaded"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_loaded_delays_no_others() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let permit = "ACL SETUSER limited on >secret ~flight.search.* +@all";
    let _: () = system.redis.run(permit).await;
    system.settings.push(("REDIS_ADDR".into(), format!("redis://limited:secret@{}", system.redis.addr())));
    system.add_gateway().await;
    system.gateways[0].ready().await;
    let client = system.client();
    let (ids, mut streams) = follow_many(&system, &client, 20).await;
    let mut redis = system.redis.connect().await;
    for id in &ids {
        store(&mut redis, id, 1, 10).await;
    }
    // Redis denies the gateway the records whose id begins with this digit, among them the first one.
    let digit = ids[0].chars().next().unwrap();
    let forbid = format!(
        "ACL SETUSER limited resetkeys ~flight.search.[^r]* ~flight.search.re[^c]* ~flight.search.record: \
         ~flight.search.record:[^{digit}]*"
    );
    let _: () = system.redis.run(&forbid).await;
    let _: () = system.redis.run("CLIENT KILL USER limited").await;
    let (bad, good): (Vec<_>, Vec<_>) =
        ids.iter().zip(&mut streams).partition(|(id, _)| id.starts_with(digit));
    let are_loaded = async |streams: Vec<(&String, &mut EventStream)>| {
        let next = streams.into_iter().map(|(_, stream)| stream.next_within(Duration::from_secs(30)));
        join_all(next).await.into_iter().all(|event| event.is_some_and(|event| event.seq() == 1))
    };
    assert!(are_loaded(good).await, "the others are loaded");
    tokio::time::sleep(Duration::from_secs(4)).await;
    system.gateways[0].ready().await;
    let _: () = system.redis.run(permit).await;
    assert!(are_loaded(bad).await, "they are loaded once Redis permits it");
    let log = system.gateways[0].service.log();
    assert!(log.matches("the result tail waits").count() <= 1, "{log}");
    assert!(log.lines().count() < 80, "{log}");
}
