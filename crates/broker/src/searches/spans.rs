//! The spans of what is stored and announced, after OpenTelemetry's conventions for messaging. `docs/tracing.md` lists
//! them.

use contracts::{EndStatus, SearchId, names::RESULTS_STREAM};
use traces::{Span, SpanKind};

/// The span of storing answers: this many, of this size.
pub(super) fn answer(above: &Span, id: SearchId, answers: usize, bytes: usize) -> Span {
    let mut span = announcing(above, "answer flight.search.results", "answer", id, bytes);
    span.set("messaging.batch.message_count", count(answers));
    span
}

/// The span of ending a search, with results of this size.
pub(super) fn end(above: &Span, id: SearchId, status: EndStatus, bytes: usize) -> Span {
    let mut span = announcing(above, "end flight.search.results", "end", id, bytes);
    span.set("flight_search.status", status.as_str());
    span
}

fn announcing(above: &Span, name: &'static str, operation: &'static str, id: SearchId, bytes: usize) -> Span {
    let mut span = above.child(SpanKind::Producer, name);
    span.set("messaging.system", "redis");
    span.set("messaging.operation.type", "send");
    span.set("messaging.operation.name", operation);
    span.set("messaging.destination.name", RESULTS_STREAM);
    span.set("messaging.message.body.size", count(bytes));
    span.set_text("messaging.message.conversation_id", &id);
    span
}

/// The trace, as fields of an entry; none if tracing is off.
pub(super) fn fields(span: &Span) -> Vec<(&'static str, String)> {
    span.position().map(|position| position.fields().collect()).unwrap_or_default()
}

/// A number as an attribute.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
