//! A scripted gateway that records the requests it receives.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

pub(crate) const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

/// What a stream does after its frames.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Ends,
    Breaks,
    Hangs,
}

/// The response to one stream request.
pub(crate) enum Turn {
    Frames(Vec<String>, Then),
    Response(Response),
}

/// The requests that the gateway has received.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) bodies: Vec<Value>,
    pub(crate) keys: Vec<String>,
    /// `Last-Event-ID` of each stream request.
    pub(crate) after: Vec<Option<String>>,
    pub(crate) queries: Vec<String>,
    pub(crate) streamed_at: Vec<Instant>,
    pub(crate) cancelled: usize,
}

#[derive(Default)]
struct Script {
    submits: VecDeque<Response>,
    streams: VecDeque<Turn>,
    submits_hang: bool,
    seen: Seen,
}

#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) url: String,
    script: Arc<Mutex<Script>>,
}

impl Gateway {
    /// A gateway that accepts every search and responds to stream requests in turn; after the last one, with 500.
    pub(crate) async fn with(streams: impl IntoIterator<Item = Turn>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script = Script { streams: streams.into_iter().collect(), ..Script::default() };
        let gateway = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script)),
        };
        let router = Router::new()
            .route("/api/flights/search", routing::post(submit))
            .route(&format!("/api/flights/search/{ID}"), routing::delete(cancel))
            .route(&format!("/api/flights/search/{ID}/stream"), routing::get(stream))
            .with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    /// Responds to the first POSTs like this, and accepts later ones.
    pub(crate) fn submits(self, responses: impl IntoIterator<Item = Response>) -> Self {
        self.script().submits.extend(responses);
        self
    }

    /// Never responds to a POST.
    pub(crate) fn submits_hang(self) -> Self {
        self.script().submits_hang = true;
        self
    }

    pub(crate) fn seen(&self) -> Seen {
        std::mem::take(&mut self.script().seen)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }
}

async fn submit(State(gateway): State<Gateway>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let (response, hangs) = {
        let mut script = gateway.script();
        script.seen.bodies.push(body);
        script.seen.keys.push(headers["idempotency-key"].to_str().unwrap().to_owned());
        (script.submits.pop_front(), script.submits_hang)
    };
    if hangs {
        std::future::pending::<()>().await;
    }
    let accepted = json!({"success": true, "message": "Search request submitted",
        "data": {"search_id": ID, "status": "processing"}});
    response.unwrap_or_else(|| Json(accepted).into_response())
}

async fn stream(State(gateway): State<Gateway>, uri: Uri, headers: HeaderMap) -> Response {
    let mut script = gateway.script();
    let after = headers.get("last-event-id").map(|id| id.to_str().unwrap().to_owned());
    script.seen.after.push(after);
    script.seen.queries.push(uri.query().unwrap_or_default().to_owned());
    script.seen.streamed_at.push(Instant::now());
    match script.streams.pop_front() {
        Some(Turn::Frames(frames, then)) => event_stream(frames, then),
        Some(Turn::Response(response)) => response,
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn cancel(State(gateway): State<Gateway>) -> Json<Value> {
    gateway.script().seen.cancelled += 1;
    Json(json!({"success": true, "message": "Search cancelled",
        "data": {"search_id": ID, "status": "cancelled"}}))
}

fn event_stream(frames: Vec<String>, then: Then) -> Response {
    let frames = stream::iter(frames).then(|frame| async {
        // Sends each frame in its own packet, before the connection breaks.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok::<_, io::Error>(Bytes::from(frame))
    });
    let last = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        match then {
            Then::Ends => Ok(Bytes::new()),
            Then::Breaks => Err(io::Error::other("broken by the test")),
            Then::Hangs => std::future::pending().await,
        }
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(frames.chain(last))).into_response()
}

/// An error response.
pub(crate) fn failure(status: StatusCode, code: &str, message: &str, errors: &Value) -> Response {
    let body = json!({"success": false, "code": code, "message": message, "errors": errors});
    (status, Json(body)).into_response()
}

/// A turn with only a status.
pub(crate) fn status(status: StatusCode) -> Turn {
    Turn::Response(status.into_response())
}

pub(crate) fn retry(millis: u64) -> String {
    format!("retry: {millis}\n")
}

/// A partial with Garuda's answer.
pub(crate) fn partial(seq: u64) -> String {
    let data = json!({"search_id": ID, "status": "processing",
        "supplier": {"code": "GA", "name": "Garuda Indonesia", "status": "ok", "elapsed_ms": 940},
        "results": [offer()], "progress": {"answered": seq, "of": 2}});
    format!("event: partial\nid: {seq}\ndata: {data}\n\n")
}

/// The data of a terminal event with this status and these offers.
pub(crate) fn end_data(status: &str, results: &[Value]) -> String {
    let results = Value::from(results);
    format!(
        r#"{{"search_id":"{ID}","status":"{status}","results":{results},"total":{},"suppliers":[],"elapsed_ms":2940}}"#,
        results.as_array().unwrap().len()
    )
}

/// A terminal event with this sequence number.
pub(crate) fn end(seq: u64, data: &str) -> String {
    format!("id: {seq}\ndata: {data}\n\n")
}

pub(crate) fn offer() -> Value {
    json!({"flight_number": "GA57", "price": 1_500_000, "currency": "IDR", "carrier": "Garuda Indonesia",
        "origin": "CGK", "destination": "DPS", "departure": "2027-07-10T22:10:00+07:00",
        "arrival": "2027-07-11T01:00:00+08:00", "duration_minutes": 110, "stops": 0, "suppliers": ["GA"]})
}
