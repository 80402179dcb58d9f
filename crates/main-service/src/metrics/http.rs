use std::{borrow::Cow, time::Duration};

use axum::http::{Method, StatusCode};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

const BUCKETS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

type Label = (&'static str, Cow<'static, str>);

/// Requests by route, method and status.
#[derive(Debug)]
pub(crate) struct Requests {
    total: Family<[Label; 3], Counter>,
    duration: Family<[Label; 2], Histogram, fn() -> Histogram>,
}

impl Default for Requests {
    fn default() -> Self {
        Self { total: Family::default(), duration: Family::new_with_constructor(|| Histogram::new(BUCKETS)) }
    }
}

impl Requests {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests that got a response, by route, method and status",
            self.total.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time from a request's head to its response's head",
            self.duration.clone(),
        );
    }

    /// Counts a request. `route` is the route's pattern, so that there are few; `None` if there is no such route.
    pub(crate) fn answered(
        &self,
        route: Option<&str>,
        method: &Method,
        status: StatusCode,
        duration: Duration,
    ) {
        let route: Label =
            ("route", route.map_or(Cow::Borrowed("none"), |route| Cow::Owned(route.to_owned())));
        let method: Label = ("method", Cow::Borrowed(label(method)));
        let status: Label = ("status", Cow::Owned(status.as_str().to_owned()));
        self.total.get_or_create(&[route.clone(), method.clone(), status]).inc();
        self.duration.get_or_create(&[route, method]).observe(duration.as_secs_f64());
    }
}

/// Clients may invent methods.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// How much smaller compression makes responses. Those of event streams are counted in [`Delivered`](super::Delivered).
#[derive(Debug)]
pub(crate) struct Compression {
    bytes: Family<[(&'static str, &'static str); 1], Counter>,
    before: Counter,
    after: Counter,
}

impl Default for Compression {
    fn default() -> Self {
        let bytes = Family::<[(&str, &str); 1], Counter>::default();
        let stage = |stage| bytes.get_or_create_owned(&[("stage", stage)]);
        Self { before: stage("before"), after: stage("after"), bytes }
    }
}

impl Compression {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "compressed_response_bytes",
            "Bytes of response bodies that were compressed, before and after",
            self.bytes.clone(),
        );
    }

    /// Counts the size of a body that is compressed.
    pub(crate) fn before(&self, bytes: u64) {
        self.before.inc_by(bytes);
    }

    /// Counts a piece of a compressed body.
    pub(crate) fn after(&self, bytes: usize) {
        self.after.inc_by(bytes as u64);
    }
}
