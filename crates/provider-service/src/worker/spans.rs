//! The spans of a delivery, after OpenTelemetry's conventions for messaging. `docs/tracing.md` lists them.
//!
//! A delivery has two spans. The first one, `receive`, is over when the worker has the job, and everything that the worker
//! does for the job is below it. The second one, `process`, lasts until the worker is done with the job. A worker that is
//! killed never sends its `process`: if the rest were below that one, it would be cut off from its trace.

use std::time::SystemTime;

use broker::jobs::Delivery;
use contracts::{
    SearchId,
    names::{CONSUMER_GROUP, REQUESTED_STREAM},
};
use traces::{Span, SpanKind};

use super::context::Context;
use crate::metrics::JobEnd;

/// The span of the wait in the queue, which ends now. Without a trace in the job, a trace begins here.
pub(super) fn receive(context: &Context, delivery: &Delivery, search: Option<SearchId>) -> Span {
    if !context.tracer.is_on() {
        return Span::none();
    }
    // A job that is taken over has waited for its lease to run out, not in the queue.
    let is_first = delivery.deliveries == 1;
    let start = if is_first { context.broker.added_at(delivery.entry) } else { SystemTime::now() };
    let trace = delivery.fields.trace();
    let name = "receive flight.search.requested";
    let mut span = context.tracer.start_since(SpanKind::Consumer, name, trace.as_ref(), start);
    describe(&mut span, "receive", context, delivery, search);
    span.end();
    span
}

/// The span of the work on a job.
pub(super) fn process(
    context: &Context,
    delivered: &Span,
    delivery: &Delivery,
    search: Option<SearchId>,
) -> Span {
    let mut span = delivered.child(SpanKind::Consumer, "process flight.search.requested");
    describe(&mut span, "process", context, delivery, search);
    span
}

/// Notes what became of the job.
pub(super) fn finish(span: &mut Span, end: JobEnd) {
    span.set("flight_search.job.end", end.as_str());
    if end == JobEnd::Buried {
        span.fail(end.as_str());
    }
}

fn describe(
    span: &mut Span,
    operation: &'static str,
    context: &Context,
    delivery: &Delivery,
    search: Option<SearchId>,
) {
    if !span.is_recording() {
        return;
    }
    span.set("messaging.system", "redis");
    span.set("messaging.operation.type", operation);
    span.set("messaging.operation.name", operation);
    span.set("messaging.destination.name", REQUESTED_STREAM);
    span.set("messaging.consumer.group.name", CONSUMER_GROUP);
    span.set_text("messaging.client.id", context.leases.name());
    span.set_text("messaging.message.id", &delivery.entry);
    span.set("flight_search.delivery", i64::try_from(delivery.deliveries).unwrap_or(i64::MAX));
    if let Some(search) = search {
        span.set_text("messaging.message.conversation_id", &search);
    }
}
