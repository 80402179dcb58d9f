use std::{sync::Arc, time::SystemTime};

use contracts::TraceContext;
use opentelemetry::trace::SpanKind;
use opentelemetry_sdk::trace::SdkTracer;

use crate::{sampled::Sampled, span::Span};

/// Makes spans. Cheap to clone. The default makes none: tracing is off.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<Arc<Sampled>>);

impl Tracer {
    pub(crate) fn new(sdk: SdkTracer, is_parent_based: bool) -> Self {
        Self(Some(Arc::new(Sampled::new(sdk, is_parent_based))))
    }

    /// Whether tracing is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Starts a span under one of another process, or a new trace.
    #[must_use]
    pub fn start(&self, kind: SpanKind, name: &'static str, parent: Option<&TraceContext>) -> Span {
        self.start_at(kind, name, parent, None)
    }

    /// Like [`start`](Self::start), for a span that started at an earlier time.
    #[must_use]
    pub fn start_since(
        &self,
        kind: SpanKind,
        name: &'static str,
        parent: Option<&TraceContext>,
        start: SystemTime,
    ) -> Span {
        self.start_at(kind, name, parent, Some(start))
    }

    fn start_at(
        &self,
        kind: SpanKind,
        name: &'static str,
        parent: Option<&TraceContext>,
        start: Option<SystemTime>,
    ) -> Span {
        let Some(tracer) = &self.0 else { return Span::none() };
        Span::started(match parent {
            Some(parent) => tracer.child(kind, name, parent, true, start),
            None => tracer.root(kind, name, start),
        })
    }

    /// Stands for a span of another process, to make children of. It is not recorded itself.
    #[must_use]
    pub fn above(&self, position: Option<&TraceContext>) -> Span {
        match (&self.0, position) {
            (Some(tracer), Some(position)) => Span::above(Arc::clone(tracer), position.clone()),
            _ => Span::none(),
        }
    }
}
