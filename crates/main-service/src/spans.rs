//! The gateway's spans, after OpenTelemetry's conventions for HTTP and messaging. `docs/tracing.md` lists them. Those of
//! written frames are made in the hub.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use broker::{BrokerError, EntryId, Submission};
use contracts::{
    SearchId, TraceContext,
    entry::Fields,
    names::{REQUESTED_STREAM, RESULTS_STREAM, field},
};
use traces::{Span, SpanKind, Tracer};

use crate::app::App;

/// The span of a POST to `path`, in the client's trace if the headers name one. Its name is the method and the route.
pub(crate) fn submission(tracer: &Tracer, headers: &HeaderMap, name: &'static str, path: &str) -> Span {
    if !tracer.is_on() {
        return Span::none();
    }
    let trace = client_trace(headers);
    let mut span = tracer.start(SpanKind::Server, name, trace.as_ref());
    span.set("http.request.method", "POST");
    span.set("http.route", name.trim_start_matches("POST "));
    span.set_text("url.path", path);
    span.set("url.scheme", "http");
    span
}

/// Two values of `traceparent` are invalid; those of `tracestate` are one list.
fn client_trace(headers: &HeaderMap) -> Option<TraceContext> {
    let mut parents = headers.get_all(field::TRACEPARENT).iter();
    let (parent, None) = (parents.next()?, parents.next()) else { return None };
    let states: Vec<_> = headers.get_all(field::TRACESTATE).iter().map(HeaderValue::as_bytes).collect();
    let state = (!states.is_empty()).then(|| states.join(&b','));
    TraceContext::parse(Some(parent.as_bytes()), state.as_deref())
}

/// Notes the response to a POST.
pub(crate) fn answered(span: &mut Span, status: StatusCode) {
    span.set("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.fail(match status {
            StatusCode::SERVICE_UNAVAILABLE => "503",
            _ => "500",
        });
    }
}

/// The span of submitting a search to Redis.
pub(crate) fn publish(above: &Span, id: SearchId) -> Span {
    let mut span = above.child(SpanKind::Producer, "send flight.search.requested");
    span.set("messaging.system", "redis");
    span.set("messaging.operation.type", "send");
    span.set("messaging.operation.name", "send");
    span.set("messaging.destination.name", REQUESTED_STREAM);
    span.set_text("messaging.message.conversation_id", &id);
    span
}

/// Notes what became of a submission.
pub(crate) fn published(span: &mut Span, submission: &Result<Submission, BrokerError>) {
    let result = match submission {
        Ok(Submission::New) => "new",
        Ok(Submission::Again(_)) => "again",
        Ok(Submission::Shared(_)) => "shared",
        Ok(Submission::KeyReused) => "key_reused",
        Ok(Submission::Refused) => "refused",
        Err(error) => return span.fail(error.kind()),
    };
    span.set("flight_search.submission", result);
}

/// The span of the receipt of an entry from the result log, since it was added. `None` if its trace is not recorded.
pub(crate) fn received(app: &App, id: SearchId, entry: EntryId, fields: &Fields) -> Option<Arc<Span>> {
    if !app.tracer.is_on() {
        return None;
    }
    let trace = fields.trace()?;
    let name = "receive flight.search.results";
    let added = app.broker.added_at(entry);
    let mut span = app.tracer.start_since(SpanKind::Consumer, name, Some(&trace), added);
    if !span.is_recording() {
        return None;
    }
    span.set("messaging.system", "redis");
    span.set("messaging.operation.type", "receive");
    span.set("messaging.operation.name", "receive");
    span.set("messaging.destination.name", RESULTS_STREAM);
    span.set_text("messaging.message.id", &entry);
    span.set_text("messaging.message.conversation_id", &id);
    if let Ok(Some(seq)) = fields.optional::<i64>(field::SEQ) {
        span.set("flight_search.seq", seq);
    }
    span.set("flight_search.subscribers", i64::try_from(app.hub.subscribers(id)).unwrap_or(i64::MAX));
    span.end();
    Some(Arc::new(span))
}

/// The trace of a search, for frames made from its record. `None` if it is not recorded.
pub(crate) fn of_record(app: &App, trace: Option<&TraceContext>) -> Option<Arc<Span>> {
    let span = app.tracer.above(trace);
    span.is_sampled().then(|| Arc::new(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn trace(headers: &[(&'static str, &'static str)]) -> Option<TraceContext> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        client_trace(&map)
    }

    #[test]
    fn one_traceparent_is_taken_and_states_are_joined() {
        let headers = [("traceparent", PARENT), ("tracestate", "a=1"), ("tracestate", "b=2")];
        let trace_of_three = trace(&headers).unwrap();
        assert_eq!(trace_of_three.to_string(), PARENT);
        assert_eq!(trace_of_three.state().unwrap().as_str(), "a=1,b=2");
        assert_eq!(trace(&[("traceparent", PARENT), ("traceparent", PARENT)]), None);
        assert_eq!(trace(&[("tracestate", "a=1")]), None);
    }
}
