//! Suppliers that answer with too much or with nonsense: a worker bears it, leaves out what is wrong, and says why.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Bytes, response::IntoResponse, routing::get};
use e2e::{Service, System, eventually};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::suppliers::suppliers;

/// Suppliers that all answer with `body`, once as many calls are there together as `together` says.
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

/// A worker's settings as its operator would leave them, but for the suppliers.
async fn system(port: u16, airlines: &[(&str, &str)]) -> System {
    let file = suppliers(port, airlines);
    let system = System::builder().set("SUPPLIERS_FILE", file.path().to_str().unwrap()).start().await;
    // Its file has been read once it is there.
    eventually("the worker is there", async || (system.consumers().await == 1).then_some(())).await;
    system
}

async fn search(system: &System) -> Value {
    system.client().result(&system.client().submit().await).await.json()
}

/// The most memory that a process has had in RAM so far, in bytes.
fn peak(service: &Service) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn offer(change: impl FnOnce(&mut Value)) -> Value {
    let mut offer =
        json!({"flight": "XX1", "price": 900_000, "at": "2025-07-10T06:05:00+07:00", "minutes": 110});
    change(&mut offer);
    offer
}

const MIB: usize = 1024 * 1024;

/// A list of just below 4 MiB, the most that a supplier may answer.
fn list_of(element: &str) -> String {
    let count = (4 * MIB - 2) / (element.len() + 1);
    let list = format!("[{}]", vec![element; count].join(","));
    assert!((4 * MIB - 2 * element.len() - 2..=4 * MIB).contains(&list.len()));
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_large_answers_at_once_cost_a_worker_less_than_one_of_them() {
    let airlines = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"].map(|airline| (airline, "retries = 0"));
    let one_offer =
        |inner: &str| format!("[{{\"x\":[{}]}}]", vec![inner; 4 * MIB / (inner.len() + 1) - 8].join(","));
    for (what, body) in [
        ("empty offers", list_of("{\"\":0}")),
        ("good offers", list_of(&offer(|_| ()).to_string())),
        ("one long offer", one_offer("{\"\":0}")),
        ("nothing but nesting", "[".repeat(4 * MIB)),
        ("one long text", format!("[{{\"flight\":\"{}\"}}]", "\\n".repeat(2 * MIB - 20))),
    ] {
        let length = body.len();
        let port = serve(body, airlines.len()).await;
        let system = system(port, &airlines).await;
        let before = peak(&system.workers[0]);
        search(&system).await;
        let grown = peak(&system.workers[0]) - before;
        println!("{what}: {} KiB for 8 answers of {} KiB", grown / 1024, length / 1024);
        assert!(grown < 2 * length, "{what}: {grown} bytes");
    }
}
