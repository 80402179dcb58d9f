//! A collector of traces: OTLP over HTTP with protobuf.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;
use opentelemetry_proto::tonic::{
    collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, span::SpanKind, status::StatusCode as SpanStatus},
};
use prost::Message;
use tokio::{net::TcpListener, task::JoinHandle};

/// A running collector.
#[derive(Debug)]
pub struct Collector {
    port: u16,
    received: Received,
    server: Option<JoinHandle<()>>,
    /// Of a collector that hangs: it accepts connections, by its backlog, and reads nothing.
    _silent: Option<TcpListener>,
}

/// A span that was received.
#[derive(Clone, Debug)]
pub struct ReceivedSpan {
    /// Attributes of the service that sent it.
    pub service: HashMap<String, String>,
    /// The trace's id, in hexadecimal digits.
    pub trace: String,
    /// Its own id, in hexadecimal digits.
    pub id: String,
    /// The parent's id; empty for a root.
    pub parent: String,
    /// What the tracing systems pass along.
    pub state: String,
    /// Its name.
    pub name: String,
    /// Its kind, such as `SPAN_KIND_SERVER`.
    pub kind: &'static str,
    /// Its attributes.
    pub attributes: HashMap<String, String>,
    /// Whether its status is an error.
    pub failed: bool,
}

type Received = Arc<Mutex<Vec<ReceivedSpan>>>;

impl Collector {
    /// Starts a collector on a free port.
    pub async fn start() -> Self {
        let (listener, port) = listen().await;
        let received = Received::default();
        let router = Router::new().route("/v1/traces", post(receive)).with_state(Arc::clone(&received));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { port, received, server: Some(server), _silent: None }
    }

    /// One that takes everything and keeps nothing.
    pub async fn discarding() -> Self {
        let (listener, port) = listen().await;
        let router = Router::new().route("/v1/traces", post(async |_: Bytes| StatusCode::OK));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { port, received: Received::default(), server: Some(server), _silent: None }
    }

    /// One that accepts connections and never answers.
    pub async fn hanging() -> Self {
        let (listener, port) = listen().await;
        Self { port, received: Received::default(), server: None, _silent: Some(listener) }
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The spans so far.
    #[must_use]
    pub fn spans(&self) -> Vec<ReceivedSpan> {
        lock(&self.received).clone()
    }

    /// Those with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<ReceivedSpan> {
        self.spans().into_iter().filter(|span| span.name == name).collect()
    }
}

impl ReceivedSpan {
    /// An attribute; empty if there is none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

async fn receive(State(received): State<Received>, body: Bytes) -> Response {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    lock(&received).extend(request.resource_spans.into_iter().flat_map(spans));
    let body = ExportTraceServiceResponse::default().encode_to_vec();
    ([(CONTENT_TYPE, "application/x-protobuf")], body).into_response()
}

fn spans(resource: ResourceSpans) -> Vec<ReceivedSpan> {
    let service = attributes(resource.resource.map(|resource| resource.attributes).unwrap_or_default());
    let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans
        .map(|span| ReceivedSpan {
            service: service.clone(),
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            state: span.trace_state,
            kind: SpanKind::try_from(span.kind).map_or("", |kind| kind.as_str_name()),
            name: span.name,
            attributes: attributes(span.attributes),
            failed: span.status.is_some_and(|status| status.code() == SpanStatus::Error),
        })
        .collect()
}

fn attributes(attributes: Vec<KeyValue>) -> HashMap<String, String> {
    let text = |value| match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(truth) => truth.to_string(),
        other => format!("{other:?}"),
    };
    let value = |attribute: KeyValue| {
        let value = attribute.value.and_then(|value| value.value);
        (attribute.key, value.map(text).unwrap_or_default())
    };
    attributes.into_iter().map(value).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn lock(received: &Received) -> MutexGuard<'_, Vec<ReceivedSpan>> {
    received.lock().unwrap_or_else(PoisonError::into_inner)
}
