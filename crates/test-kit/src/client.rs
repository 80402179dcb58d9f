//! A client of a gateway's API.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use rustls::crypto::ring;
use serde_json::{Value, json};

use crate::{
    sse::{Event, EventStream},
    wait::{TIMEOUT, eventually},
};

/// A client of one gateway.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// A client of the gateway on this port.
    #[must_use]
    pub fn new(port: u16) -> Self {
        // In a build of the whole workspace, reqwest has TLS without a crypto provider, and needs one even for
        // `http://`.
        let _ = ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().connect_timeout(Duration::from_secs(5)).build();
        Self { http: http.expect("a client"), base: format!("http://127.0.0.1:{port}") }
    }

    /// Any request to a path.
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// GET of a path.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        send(self.request(reqwest::Method::GET, path)).await
    }

    /// POST of a body that is JSON.
    pub async fn post(&self, body: &Value) -> (StatusCode, Value) {
        send(self.request(reqwest::Method::POST, "/api/flights/search").json(body)).await
    }

    /// POST of a body that is JSON, with these headers.
    pub async fn post_with(&self, body: &Value, headers: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.request(reqwest::Method::POST, "/api/flights/search").json(body);
        send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Submits the documented example; `None` if it was not accepted.
    pub async fn try_submit(&self) -> Option<String> {
        let request = self.request(reqwest::Method::POST, "/api/flights/search").json(&example());
        let response = request.timeout(Duration::from_secs(5)).send().await.ok()?;
        if response.status() != StatusCode::OK {
            return None;
        }
        let body: Value = response.json().await.ok()?;
        body["data"]["search_id"].as_str().map(ToOwned::to_owned)
    }

    /// Submits the documented example. On a busy machine a gateway may get no response from Redis in time and refuse a
    /// search as `unavailable`: then it is submitted again, as a client would. Panics on any other refusal.
    pub async fn submit(&self) -> String {
        eventually("a search is accepted", async || {
            let request = self.request(reqwest::Method::POST, "/api/flights/search").json(&example());
            let (status, body) = send(request.timeout(TIMEOUT)).await;
            if status == StatusCode::SERVICE_UNAVAILABLE && body["code"] == "unavailable" {
                return None;
            }
            assert_eq!(status, StatusCode::OK, "a search is accepted: {body}");
            Some(body["data"]["search_id"].as_str().expect("the id of a search").to_owned())
        })
        .await
    }

    /// Opens the stream of a search with this query string.
    pub async fn open(&self, id: &str, query: &str, last_event_id: Option<&str>) -> Response {
        let mut request =
            self.request(reqwest::Method::GET, &format!("/api/flights/search/{id}/stream{query}"));
        if let Some(last) = last_event_id {
            request = request.header("last-event-id", last);
        }
        request.send().await.expect("the stream gets a response")
    }

    /// Follows a search, without partials.
    pub async fn follow(&self, id: &str) -> EventStream {
        self.stream(id, "", None).await
    }

    /// Follows a search, with partials.
    pub async fn follow_partials(&self, id: &str) -> EventStream {
        self.stream(id, "?partials=true", None).await
    }

    /// Follows a search, from after this event. Panics unless the status is 200.
    pub async fn stream(&self, id: &str, query: &str, last_event_id: Option<&str>) -> EventStream {
        let response = self.open(id, query, last_event_id).await;
        assert_eq!(response.status(), StatusCode::OK, "the stream of {id} opens");
        EventStream::new(response)
    }

    /// Follows a search to its end and returns the terminal event.
    pub async fn result(&self, id: &str) -> Event {
        let events = self.follow(id).await.all().await;
        assert_eq!(events.len(), 1, "exactly one event: {events:?}");
        events.into_iter().next().expect("one event")
    }

    /// The state of a search.
    pub async fn state(&self, id: &str) -> (StatusCode, Value) {
        self.get(&format!("/api/flights/search/{id}")).await
    }

    /// Cancels a search.
    pub async fn cancel(&self, id: &str) -> (StatusCode, Value) {
        send(self.request(reqwest::Method::DELETE, &format!("/api/flights/search/{id}"))).await
    }

    /// Follows a search like an `EventSource`: reconnects with the last id after any error, until the terminal event.
    /// Tries `gateways` in turn. Returns all events; `None` if there is no end within `limit`.
    pub async fn follow_persistently(
        gateways: &[Self],
        id: &str,
        query: &str,
        limit: Duration,
    ) -> Option<Vec<Event>> {
        let mut events: Vec<Event> = Vec::new();
        let follow = async {
            for gateway in gateways.iter().cycle() {
                let last = events.iter().rev().find_map(|event| event.id.clone());
                let mut request =
                    gateway.request(reqwest::Method::GET, &format!("/api/flights/search/{id}/stream{query}"));
                if let Some(last) = last {
                    request = request.header("last-event-id", last);
                }
                if let Ok(response) = request.send().await
                    && response.status() == StatusCode::OK
                {
                    let mut stream = EventStream::new(response);
                    while let Some(event) = stream.next_within(Duration::from_mins(10)).await {
                        let is_last = event.is_terminal();
                        events.push(event);
                        if is_last {
                            return;
                        }
                    }
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(limit, follow).await.ok().map(|()| events)
    }
}

/// The documented example of a search.
#[must_use]
pub fn example() -> Value {
    json!({"from": "CGK", "to": "DPS", "date": "2025-07-10", "passengers": 2})
}

async fn send(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("a request gets a response");
    let status = response.status();
    let text = response.text().await.expect("a response has a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
