use std::{borrow::Cow, sync::Arc, time::SystemTime};

use contracts::TraceContext;
use opentelemetry::{
    Context,
    trace::{Span as _, SpanKind, Tracer as _},
};
use opentelemetry_sdk::trace::{SdkTracer, Span as SdkSpan};

use crate::context;

/// OpenTelemetry's tracer, with its sampler.
#[derive(Debug)]
pub(crate) struct Sampled {
    sdk: SdkTracer,
    /// Whether a trace that is not sampled above is never sampled here.
    is_parent_based: bool,
}

/// A span that may be recorded.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) tracer: Arc<Sampled>,
    /// `None` if its trace is not sampled. The position is passed on all the same, so that the others decide alike.
    pub(crate) recorded: Option<Box<SdkSpan>>,
    pub(crate) position: TraceContext,
}

impl Sampled {
    pub(crate) fn new(sdk: SdkTracer, is_parent_based: bool) -> Self {
        Self { sdk, is_parent_based }
    }

    /// Starts a new trace.
    pub(crate) fn root(
        self: &Arc<Self>,
        kind: SpanKind,
        name: &'static str,
        start: Option<SystemTime>,
    ) -> Option<Started> {
        self.start(kind, name, &Context::new(), start)
    }

    /// Starts a span under another. `is_remote`: under one of another process.
    pub(crate) fn child(
        self: &Arc<Self>,
        kind: SpanKind,
        name: &'static str,
        parent: &TraceContext,
        is_remote: bool,
        start: Option<SystemTime>,
    ) -> Option<Started> {
        // Most traces are not sampled. The SDK would decide the same, with more work.
        if !parent.is_sampled() && (self.is_parent_based || !is_remote) {
            let (tracer, position) = (Arc::clone(self), parent.clone());
            return Some(Started { tracer, recorded: None, position });
        }
        self.start(kind, name, &context::parent(parent, is_remote), start)
    }

    fn start(
        self: &Arc<Self>,
        kind: SpanKind,
        name: &'static str,
        parent: &Context,
        start: Option<SystemTime>,
    ) -> Option<Started> {
        let mut builder = self.sdk.span_builder(Cow::Borrowed(name)).with_kind(kind);
        builder.start_time = start;
        let span = self.sdk.build_with_context(builder, parent);
        let position = context::position(span.span_context())?;
        let recorded = span.is_recording().then(|| Box::new(span));
        Some(Started { tracer: Arc::clone(self), recorded, position })
    }
}
