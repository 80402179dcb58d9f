//! What is measured of clients: their requests, searches and streams. What is measured of Redis and the queue is in
//! `broker`.

mod http;
mod streams;

use std::sync::Arc;

use broker::Submission;
use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

pub(crate) use http::Compression;
pub(crate) use streams::{Delivered, Open};

/// The metrics of a gateway's clients.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) requests: http::Requests,
    pub(crate) compression: Arc<Compression>,
    pub(crate) delivered: Arc<Delivered>,
    submitted: Family<[(&'static str, &'static str); 1], Counter>,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        self.requests.register(registry);
        self.compression.register(registry);
        self.delivered.register(registry);
        registry.register(
            "searches_submitted",
            "Submissions that got a search, by whether it is a new one",
            self.submitted.clone(),
        );
        for result in [ACCEPTED, SHARED, REPEATED] {
            // A rate needs a zero to begin with.
            drop(self.submitted.get_or_create(&[(RESULT, result)]));
        }
    }

    /// Counts a submission, unless it was refused.
    pub(crate) fn submitted(&self, submission: Submission) {
        let result = match submission {
            Submission::New => ACCEPTED,
            Submission::Shared(_) => SHARED,
            Submission::Again(_) => REPEATED,
            Submission::KeyReused | Submission::Refused => return,
        };
        self.submitted.get_or_create(&[(RESULT, result)]).inc();
    }
}

const RESULT: &str = "result";
/// A new search.
const ACCEPTED: &str = "accepted";
/// An equal, recent search.
const SHARED: &str = "shared";
/// The search of an earlier submission with the same idempotency key.
const REPEATED: &str = "repeated";
