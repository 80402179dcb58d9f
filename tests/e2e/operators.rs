//! The operators' API: what it shows of a running system, and what it changes.

mod dead_letters;
mod guarded;
mod large;
mod log;
mod shown;

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use test_kit::{Client, System, eventually, wait::free_port, wait::within};

/// Adds a gateway with an operators' port. Returns a client of that.
async fn add_gateway(system: &mut System, further: &[(&str, &str)]) -> Client {
    let port = free_port().to_string();
    system.add_gateway_with(&[&[("METRICS_PORT", port.as_str())], further].concat()).await;
    system.gateways.last().unwrap().ready().await;
    Client::new(port.parse().unwrap())
}

/// Adds a worker with an operators' port. Returns a client of that, once the worker reads jobs.
async fn add_worker(system: &mut System, further: &[(&str, &str)]) -> Client {
    let port = free_port().to_string();
    system.add_worker_with(&[&[("METRICS_PORT", port.as_str())], further].concat());
    let client = Client::new(port.parse().unwrap());
    eventually("the worker is ready", async || {
        let response = client.request(Method::GET, "/health/ready").send().await.ok()?;
        (response.status() == StatusCode::OK).then_some(())
    })
    .await;
    client
}

/// The data of a path.
async fn data(client: &Client, path: &str) -> Value {
    let (status, body) = client.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    assert_eq!(body["success"], true);
    body["data"].clone()
}

/// Waits until the data of a path satisfy a condition, and returns them.
async fn data_until(client: &Client, path: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    within(Duration::from_secs(30), what, async || {
        let data = data(client, path).await;
        holds(&data).then_some(data)
    })
    .await
}

/// Changes something, as a client that is no browser.
async fn change(client: &Client, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
    let request = client.request(method, path).header("content-type", "application/json");
    let response = request.body(body.to_owned()).send().await.unwrap();
    let status = response.status();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}
