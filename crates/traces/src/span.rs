use std::{borrow::Cow, fmt::Display, sync::Arc};

use contracts::{TraceContext, trace::TraceId};
use opentelemetry::{
    KeyValue, Value,
    trace::{Span as _, SpanKind, Status},
};
use opentelemetry_sdk::trace::Span as SdkSpan;

use crate::sampled::{Sampled, Started};

/// The attribute that names an error, as OpenTelemetry's conventions have it.
const ERROR_TYPE: &str = "error.type";

/// A span, or nothing if tracing is off. It ends when it is dropped.
#[derive(Debug, Default)]
pub struct Span(Option<Box<State>>);

#[derive(Debug)]
enum State {
    /// A span of this process.
    Started(Started),
    /// It stands for another process' span.
    Above { tracer: Arc<Sampled>, position: TraceContext },
}

impl Span {
    /// No span: tracing is off.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    pub(crate) fn started(started: Option<Started>) -> Self {
        Self(started.map(|started| Box::new(State::Started(started))))
    }

    pub(crate) fn above(tracer: Arc<Sampled>, position: TraceContext) -> Self {
        Self(Some(Box::new(State::Above { tracer, position })))
    }

    /// Starts a child.
    #[must_use]
    pub fn child(&self, kind: SpanKind, name: &'static str) -> Self {
        Self::started(match self.0.as_deref() {
            None => None,
            Some(State::Started(Started { tracer, position, .. })) => {
                tracer.child(kind, name, position, false, None)
            }
            Some(State::Above { tracer, position }) => tracer.child(kind, name, position, true, None),
        })
    }

    /// Its position in the trace, to pass on to other processes. `None` if tracing is off.
    #[must_use]
    pub fn position(&self) -> Option<&TraceContext> {
        match self.0.as_deref()? {
            State::Started(Started { position, .. }) | State::Above { position, .. } => Some(position),
        }
    }

    /// The id of its trace. `None` if tracing is off.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        self.position().map(TraceContext::trace_id)
    }

    /// Whether it is recorded, so that attributes are of use.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        matches!(self.0.as_deref(), Some(State::Started(Started { recorded: Some(_), .. })))
    }

    /// Ends it. Its position stays, for spans below it.
    pub fn end(&mut self) {
        if let Some(State::Started(started)) = self.0.as_deref_mut() {
            drop(started.recorded.take());
        }
    }

    /// Whether its trace is recorded, even if it has ended.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.position().is_some_and(TraceContext::is_sampled)
    }

    /// Replaces the name.
    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(span) = self.recorded() {
            span.update_name(Cow::Owned(name()));
        }
    }

    /// Sets an attribute: a number, a truth value or a fixed text.
    pub fn set(&mut self, key: &'static str, value: impl Into<Value>) {
        if let Some(span) = self.recorded() {
            span.set_attribute(KeyValue::new(key, value));
        }
    }

    /// Sets an attribute to a text, which is made only for a span that is recorded.
    pub fn set_text(&mut self, key: &'static str, value: &(impl Display + ?Sized)) {
        if let Some(span) = self.recorded() {
            span.set_attribute(KeyValue::new(key, value.to_string()));
        }
    }

    /// What the span measures has failed. `kind` is one of few texts.
    pub fn fail(&mut self, kind: &'static str) {
        if let Some(span) = self.recorded() {
            span.set_attribute(KeyValue::new(ERROR_TYPE, kind));
            span.set_status(Status::error(""));
        }
    }

    fn recorded(&mut self) -> Option<&mut SdkSpan> {
        match self.0.as_deref_mut()? {
            State::Started(Started { recorded, .. }) => recorded.as_deref_mut(),
            State::Above { .. } => None,
        }
    }
}
