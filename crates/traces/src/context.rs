//! Positions in a trace: the contract's type is what travels, OpenTelemetry's is what its SDK takes.

use contracts::TraceContext;
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};

/// The parent of a span. `is_remote`: it is another process' span.
pub(crate) fn parent(context: &TraceContext, is_remote: bool) -> Context {
    let state = context.state().and_then(|state| state.as_str().parse().ok());
    let parent = SpanContext::new(
        TraceId::from_bytes(context.trace_id().bytes()),
        SpanId::from_bytes(context.span_id()),
        TraceFlags::default().with_sampled(context.is_sampled()),
        is_remote,
        state.unwrap_or(TraceState::NONE),
    );
    Context::new().with_remote_span_context(parent)
}

/// The position of a span. `None` only if its ids are zero, which the SDK never makes.
pub(crate) fn position(span: &SpanContext) -> Option<TraceContext> {
    let state = span.trace_state().header();
    TraceContext::new(
        span.trace_id().to_bytes(),
        span.span_id().to_bytes(),
        span.is_sampled(),
        state.parse().ok(),
    )
}
