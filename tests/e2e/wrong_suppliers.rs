//! Suppliers that answer with too much or with nonsense: a worker stays within its budget, leaves out invalid offers,
//! and logs why.

use std::{io::Write, sync::Arc};

use axum::{Router, body::Bytes, response::IntoResponse, routing::get};
use serde_json::{Value, json};
use test_kit::{Service, System, eventually};
use tokio::sync::Barrier;

use crate::suppliers::suppliers;

/// Serves suppliers that all answer with `body`, as soon as `together` calls have arrived.
async fn serve(body: impl Into<Bytes>, together: usize) -> u16 {
    let (body, barrier) = (body.into(), Arc::new(Barrier::new(together)));
    let handler = async move || {
        barrier.wait().await;
        body.into_response()
    };
    let router = Router::new().route("/{airline}", get(handler));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

/// A system with default settings and these suppliers. `mapping` is added to the last one's mapping.
async fn system(port: u16, airlines: &[(&str, &str)], mapping: &str) -> System {
    let mut file = suppliers(port, airlines);
    writeln!(file, "{mapping}").unwrap();
    let system = System::builder().set("SUPPLIERS_FILE", file.path().to_str().unwrap()).start().await;
    // A worker reads the file before it joins the group, and the file is deleted after this.
    eventually("the worker has joined", async || (system.consumers().await == 1).then_some(())).await;
    system
}

async fn search(system: &System) -> Value {
    system.client().result(&system.client().submit().await).await.json()
}

/// A process' peak resident memory so far, in bytes.
fn peak(service: &Service) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// An offer that fits the tests' search, with this change.
fn offer(change: impl FnOnce(&mut Value)) -> Value {
    let mut offer =
        json!({"flight": "XX1", "price": 900_000, "at": "2025-07-10T06:05:00+07:00", "minutes": 110});
    change(&mut offer);
    offer
}

const MIB: usize = 1024 * 1024;

/// A worker's budget for the answers of all suppliers together.
const BUDGET: usize = 32 * MIB;

/// A list that repeats this element, of at most `bytes`.
fn list(bytes: usize, element: &str) -> String {
    format!("[{}]", vec![element; (bytes - 2) / (element.len() + 1)].join(","))
}

/// A list of just below 4 MiB, the default limit of a supplier's response.
fn list_of(element: &str) -> String {
    list(4 * MIB, element)
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_answers_of_4_mib_at_once_stay_within_a_workers_budget() {
    let airlines = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"].map(|airline| (airline, "retries = 0"));
    for (what, body) in [
        ("empty offers", list_of("{\"\":0}")),
        ("offers of 60 KiB", list_of(&format!("{{\"x\":{}}}", list(60 * 1024, "{\"\":0}")))),
        ("good offers", list_of(&offer(|_| ()).to_string())),
        ("one long offer", format!("[{}]", list(4 * MIB - 2, "{\"\":0}"))),
        ("nothing but nesting", "[".repeat(4 * MIB)),
        ("one long text", format!("[{{\"flight\":\"{}\"}}]", "\\n".repeat(2 * MIB - 20))),
    ] {
        let length = body.len();
        let port = serve(body, airlines.len()).await;
        let system = system(port, &airlines, "").await;
        let before = peak(&system.workers[0]);
        let end = search(&system).await;
        let grown = peak(&system.workers[0]) - before;
        println!("{what}: {} KiB in {} ms", grown / 1024, end["elapsed_ms"]);
        assert_eq!(end["suppliers"].as_array().unwrap().len(), 8);
        assert!(grown < BUDGET, "{what}: {grown} bytes for answers of {length}");
    }
}

/// The lines of a worker's log that contain these words.
fn lines<'l>(log: &'l str, words: &str) -> Vec<&'l str> {
    log.lines().filter(|line| line.contains(words)).collect()
}

fn numbers(end: &Value) -> Vec<&str> {
    end["results"].as_array().unwrap().iter().map(|offer| offer["flight_number"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_and_unrequested_offers_are_left_out_and_the_others_kept() {
    let wrong: [fn(&mut Value); 10] = [
        |offer| offer["price"] = json!(0),
        |offer| offer["price"] = json!(2_000_000_000_000_u64),
        |offer| offer["at"] = json!("-009998-07-10T06:05:00+07:00"),
        |offer| offer["at"] = json!("2025-07-13T06:05:00+07:00"),
        |offer| offer["minutes"] = json!(0),
        |offer| offer["minutes"] = json!(60_000),
        |offer| offer["flight"] = json!("X".repeat(100)),
        |offer| offer["airline"] = json!("x".repeat(19_000)),
        |offer| offer["from"] = json!("SUB"),
        |offer| offer["price"] = json!("cheap"),
    ];
    let mut offers: Vec<_> = wrong.into_iter().map(offer).collect();
    offers.insert(3, offer(|offer| offer["flight"] = json!("GOOD1")));
    offers.push(offer(|offer| (offer["flight"], offer["price"]) = (json!("GOOD2"), json!(900_001))));
    let port = serve(Value::from(offers).to_string(), 1).await;
    let mapping = "carrier = { pointer = \"/airline\", default = \"XX\" }\n\
        origin = { pointer = \"/from\", default = \"CGK\" }";
    let system = system(port, &[("mixed", "")], mapping).await;
    let end = search(&system).await;
    assert_eq!((end["status"].as_str(), end["total"].as_u64()), (Some("completed"), Some(2)), "{end}");
    assert_eq!(numbers(&end), ["GOOD1", "GOOD2"]);
    assert_eq!((&end["suppliers"][0]["status"], &end["suppliers"][0]["offers"]), (&json!("ok"), &json!(2)));
    let log = system.workers[0].log();
    let logged = lines(&log, "offers are left out");
    let id = end["search_id"].as_str().unwrap();
    assert!(
        matches!(logged[..], [line] if line.contains("WARN") && line.contains("supplier=MIXED")
        && line.contains(id) && line.contains("left_out=10") && line.contains("offer 0: price is not 1 to")),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_mapping_is_explained_by_the_default_log() {
    let unread = Value::from(vec![offer(|offer| offer["price"] = json!({"amount": 7})); 3]);
    for (body, cause) in [
        (unread.to_string(), "none of the 3 offers is valid: offer 0: price (`/price`) is not an amount"),
        ("{\"flights\": []}".into(), "there is no list of offers at ``"),
        ("<html>closed</html>".into(), "invalid response: invalid JSON at byte 0"),
    ] {
        let port = serve(body, 1).await;
        let system = system(port, &[("wrong", "")], "").await;
        let end = search(&system).await;
        assert_eq!((end["status"].as_str(), end["total"].as_u64()), (Some("failed"), Some(0)));
        let log = system.workers[0].log();
        let logged = lines(&log, "supplier failed");
        let id = end["search_id"].as_str().unwrap();
        assert!(
            matches!(logged[..], [line] if line.contains("WARN") && line.contains("supplier=WRONG")
            && line.contains(id) && line.contains(cause)),
            "{cause}: {log}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_logged_with_their_cause_a_few_times_and_without_addresses() {
    // Nothing listens on this port.
    let settings = "retries = 0\nbreaker = { failures = 20, open_ms = 60000 }\nquery = { key = \"s3cret\" }";
    let system = system(test_kit::wait::free_port(), &[("away", settings)], "").await;
    let mut first = None;
    for _ in 0..30 {
        let end = search(&system).await;
        first.get_or_insert(end["search_id"].as_str().unwrap().to_owned());
    }
    let log = system.workers[0].log();
    let logged = lines(&log, "supplier failed");
    assert!((1..=15).contains(&logged.len()), "{} lines of 20\n{log}", logged.len());
    assert!(logged[0].contains("supplier=AWAY") && logged[0].contains(&first.unwrap()), "{}", logged[0]);
    assert!(logged[0].contains("Connection refused"), "{}", logged[0]);
    let opens = lines(&log, "breaker opens");
    assert!(matches!(opens[..], [line] if line.contains("Connection refused")), "{log}");
    let about = log.lines().filter(|line| line.contains("AWAY")).collect::<String>();
    assert!(!about.contains("127.0.0.1") && !about.contains("s3cret"), "{about}");
}
