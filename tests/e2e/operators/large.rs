use std::time::{Duration, Instant};

use serde_json::Value;
use test_kit::System;

use super::{add_gateway, data};

/// How many dead letters and open searches there are.
const MANY: usize = 10_000;
/// The largest response.
const MAX_BYTES: usize = 256 * 1024;

/// Reads a path within ten seconds, and returns the data, which have a limited size.
async fn soon(operators: &test_kit::Client, path: &str) -> Value {
    let started = Instant::now();
    let data = data(operators, path).await;
    assert!(started.elapsed() < Duration::from_secs(10), "{path}: {:?}", started.elapsed());
    assert!(data.to_string().len() < MAX_BYTES, "{path}: {} bytes", data.to_string().len());
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_dead_letters_and_open_searches_are_shown_in_parts_and_delay_no_search() {
    // No search ends during the test.
    let builder = System::builder().gateways(0).workers(0).set("SEARCH_DEADLINE_MS", "600000");
    let mut system = builder.set("MAX_BACKLOG", "0").start().await;
    let operators = add_gateway(&mut system, &[]).await;
    let client = system.client();
    for _ in 0..MANY / 100 {
        let submits = (0..100).map(|_| client.submit());
        futures_util::future::join_all(submits).await;
    }
    let dead = "for i = 1, 10000 do redis.call('XADD', KEYS[1], '*', 'reason', 'none', 'entry_id', '1-0', 'search_id', \
                '7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11', 'x', string.rep('x', 300)) end";
    let mut connection = system.redis.connect().await;
    let mut fill = redis::cmd("EVAL");
    fill.arg(dead).arg(1).arg("flight.search.dead");
    fill.exec_async(&mut connection).await.unwrap();

    let paths =
        ["/api/status", "/api/workers", "/api/suppliers", "/api/searches", "/api/dead-letters?limit=100"];
    let watched = async {
        for _ in 0..10 {
            for path in paths {
                soon(&operators, path).await;
            }
        }
    };
    let submitted = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..100 {
            let started = Instant::now();
            client.submit().await;
            slowest = slowest.max(started.elapsed());
        }
        slowest
    };
    let ((), slowest) = tokio::join!(watched, submitted);
    assert!(slowest < Duration::from_secs(10), "a POST took {slowest:?} while an operator looked");

    let status = soon(&operators, "/api/status").await;
    assert!(status["queue"]["waiting"].as_u64().unwrap() >= MANY as u64);
    assert!(status["queue"]["uncounted"].as_u64().unwrap() > 9_000);
    let searches = soon(&operators, "/api/searches").await;
    assert_eq!(searches["searches"].as_array().unwrap().len(), 100);
    assert!(searches["open"].as_u64().unwrap() >= MANY as u64);

    // Every dead letter is on one page.
    let (mut seen, mut before) = (0, String::new());
    loop {
        let page = soon(&operators, &format!("/api/dead-letters?limit=100{before}")).await;
        assert!(page["total"].as_u64().unwrap() >= MANY as u64);
        seen += page["dead_letters"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { break };
        before = format!("&before={next}");
    }
    assert_eq!(seen, MANY);
}
