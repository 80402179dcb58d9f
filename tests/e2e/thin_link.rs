//! Large answers and results over a slow link to Redis.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, routing::get};
use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use serde_json::json;
use test_kit::{Client, Redis, System, eventually};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::Instant,
};

use crate::{crashes::assert_announced_once, suppliers::suppliers};

/// The most bytes of offers that an answer or a result may have.
const LARGEST: usize = 512 * 1024;

/// A proxy to Redis that limits the bytes per second in each direction, for all connections together.
struct Link {
    addr: String,
    _connections: JoinSet<()>,
}

impl Link {
    async fn to(redis: &Redis, rate: f64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let addr = listener.local_addr().unwrap().to_string();
        let there = redis.addr();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let [up, down] = [(); 2].map(|()| Arc::new(Limit { rate, next: Mutex::new(Instant::now()) }));
            let mut connections = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let (near_read, near_write) = near.into_split();
                let Ok(far) = TcpStream::connect(&there).await else { continue };
                let (far_read, far_write) = far.into_split();
                connections.spawn(pass(near_read, far_write, Arc::clone(&up)));
                connections.spawn(pass(far_read, near_write, Arc::clone(&down)));
            }
        });
        Self { addr, _connections: tasks }
    }
}

struct Limit {
    rate: f64,
    /// When the next bytes may pass.
    next: Mutex<Instant>,
}

async fn pass(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, limit: Arc<Limit>) {
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        #[expect(clippy::cast_precision_loss, reason = "a chunk is small")]
        let span = Duration::from_secs_f64(length as f64 / limit.rate);
        let passed = {
            let mut next = limit.next.lock().unwrap();
            *next = (*next).max(Instant::now()) + span;
            *next
        };
        tokio::time::sleep_until(passed).await;
        if to.write_all(&chunk[..length]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// Plays a worker: stores and announces answers and a result of the largest size for this search.
async fn answer(redis: &mut MultiplexedConnection, id: &str, suppliers: usize) {
    let offers = json!([{ "carrier": "x".repeat(LARGEST - 100) }]).to_string();
    let record = format!("flight.search.record:{id}");
    for seq in 1..=suppliers {
        let report =
            json!({"code": format!("S{seq}"), "name": "S", "status": "ok", "elapsed_ms": 1, "offers": 1});
        let stored = format!("{seq}\n{suppliers}\n{report}\n{offers}");
        let mut pipe = redis::pipe();
        pipe.hset(&record, format!("supplier:S{seq}"), stored).hset(&record, "seq", seq);
        // In some settings the log has long offers, and in others only announces them.
        let length = offers.len().to_string();
        let last = if seq % 2 == 0 { ("offers", &*offers) } else { ("in_record", &*length) };
        let (seq, of, report) = (seq.to_string(), suppliers.to_string(), report.to_string());
        let entry = [("search_id", id), ("seq", &*seq), ("of", &*of), ("supplier", &*report), last];
        pipe.xadd("flight.search.results", "*", &entry).exec_async(redis).await.unwrap();
    }
    let seq = (suppliers + 1).to_string();
    let end = [("status", "completed"), ("results", &offers), ("seq", &seq), ("ended_ms", "1")];
    let mut pipe = redis::pipe();
    pipe.hset_multiple(&record, &end);
    let entry = [("search_id", id), ("status", "completed"), ("results", &offers), ("seq", &seq)];
    pipe.xadd("flight.search.results", "*", &entry).exec_async(redis).await.unwrap();
}

/// How long each search took to be accepted; `None` for one that was refused.
type Took = Arc<Mutex<Vec<Option<Duration>>>>;

/// Submits a search every 50 ms until the task is dropped, and notes how long each took to be accepted.
fn submit_steadily(client: Client) -> (JoinSet<()>, Took) {
    let took = Arc::<Mutex<Vec<_>>>::default();
    let mut task = JoinSet::new();
    let times = Arc::clone(&took);
    task.spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(50));
        loop {
            pace.tick().await;
            let begun = Instant::now();
            let accepted = client.try_submit().await;
            times.lock().unwrap().push(accepted.map(|_| begun.elapsed()));
        }
    });
    (task, took)
}

/// Checks that nearly none was refused and nine in ten were accepted fast.
fn assert_fast(took: &[Option<Duration>]) {
    let refused = took.iter().filter(|took| took.is_none()).count();
    let mut took: Vec<_> = took.iter().flatten().copied().collect();
    took.sort_unstable();
    let most = took[took.len() * 9 / 10];
    eprintln!("{} submissions, nine in ten within {most:?}, {refused} refused", took.len());
    // On a busy machine Redis may now and then not answer in time.
    assert!(refused * 20 <= took.len(), "{refused} refused, {} accepted", took.len());
    assert!(most < Duration::from_secs(3), "nine in ten took up to {most:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_accepts_searches_while_it_sends_huge_answers() {
    let redis = Redis::volatile().await;
    let link = Link::to(&redis, 10e6).await;
    let system = System::builder().workers(0).set("REDIS_ADDR", &link.addr).start_on(redis).await;
    let client = system.client();
    let mut searches = Vec::new();
    for _ in 0..20 {
        searches.push(client.submit().await);
    }
    let mut streams = Vec::new();
    for id in &searches {
        streams.push(client.follow_partials(id).await);
    }
    // 90 MB at once, as if the gateway had been disconnected for a while.
    let mut connection = system.redis.connect().await;
    for id in &searches {
        answer(&mut connection, id, 8).await;
    }
    let (_submitting, took) = submit_steadily(client.clone());
    // Late clients have the records read, too.
    let late =
        join_all(searches[..3].iter().map(async |id| client.result(id).await.json()["status"].clone()));
    let followed = join_all(streams.into_iter().map(|mut stream| async move {
        let mut events = Vec::new();
        while let Some(event) = stream.next_within(Duration::from_mins(1)).await {
            events.push((event.seq(), event.is_terminal()));
        }
        events
    }));
    let (late, followed) = tokio::join!(late, followed);
    for events in followed {
        let expected: Vec<_> = (1..=9).map(|seq| (seq, seq == 9)).collect();
        assert_eq!(events, expected);
    }
    assert_eq!(late, ["completed"; 3]);
    assert_fast(&took.lock().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_keeps_its_leases_while_it_stores_huge_answers() {
    const AIRLINES: [&str; 8] = ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"];
    let offers: Vec<_> = (0..500)
        .map(|n| json!({"flight": format!("GA{n}"), "price": 900_000 + n, "at": "2025-07-10T06:05:00+07:00", "minutes": 110}))
        .collect();
    let router = Router::new().route("/{airline}", get(async move || Json(offers.clone())));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let file = suppliers(port, &AIRLINES.map(|airline| (airline, "timeout_ms = 30_000\nretries = 0")));

    let redis = Redis::volatile().await;
    // About 9 MB, which take more than two leases to send.
    let link = Link::to(&redis, 1e6).await;
    let mut system = System::builder()
        .workers(0)
        .set("SUPPLIERS_FILE", file.path().to_str().unwrap())
        .set("MAX_RESULTS", "500")
        .set("JOB_LEASE_MS", "4000")
        .start_on(redis)
        .await;
    system.add_worker_with(&[("REDIS_ADDR", &link.addr)]);
    system.joined(1).await;
    let client = system.client();
    let mut searches = Vec::new();
    for _ in 0..6 {
        searches.push(client.submit().await);
    }
    eventually("the worker has them", async || {
        (system.workers[0].log().matches("job taken").count() == 6).then_some(())
    })
    .await;
    // This worker would take over a lease that is not renewed.
    system.add_worker();
    for id in &searches {
        let events = client.follow(id).await.all().await;
        let end = events[0].json();
        assert_eq!(end["status"], "completed");
        assert_eq!(end["suppliers"].as_array().unwrap().len(), 8);
        assert_eq!(end["results"].as_array().unwrap().len(), 500);
    }
    assert_announced_once(&system.redis, 6).await;
    for worker in &system.workers {
        let log = worker.log();
        assert!(!log.contains("took over") && !log.contains("retrying until it succeeds"), "{log}");
    }
}
