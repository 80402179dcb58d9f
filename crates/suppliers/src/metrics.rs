//! What is measured of each supplier.
//!
//! The label `supplier` is a code of the suppliers file, or `unknown` for all codes that it lacks: a client can't make
//! up time series.

pub(crate) mod breaker_states;

use contracts::SupplierStatus;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use tokio::time::Instant;

use crate::error::SupplierError;

/// The label `supplier` of all codes that are not configured.
pub(crate) const UNKNOWN: &str = "unknown";

type BySupplier<M> = Family<[(&'static str, String); 1], M>;
type BySupplierAnd<M> = Family<[(&'static str, String); 2], M>;

/// The metrics of all suppliers.
#[derive(Debug)]
pub(crate) struct Metrics {
    answers: BySupplierAnd<Counter>,
    calls: BySupplierAnd<Counter>,
    retries: BySupplier<Counter>,
    call_seconds: BySupplier<Histogram>,
    permit_wait: BySupplier<Histogram>,
    rate_limit_wait: BySupplier<Histogram>,
    offers: BySupplier<Counter>,
    offers_skipped: BySupplier<Counter>,
    response_bytes: BySupplier<Counter>,
}

/// The metrics of one supplier. They are looked up once, so that counting is an atomic addition.
#[derive(Debug)]
pub(crate) struct ClientMetrics {
    answers: [Counter; SupplierStatus::ALL.len()],
    calls: [Counter; Outcome::ALL.len()],
    pub(crate) retries: Counter,
    call_seconds: Histogram,
    permit_wait: Histogram,
    rate_limit_wait: Histogram,
    pub(crate) offers: Counter,
    pub(crate) offers_skipped: Counter,
    pub(crate) response_bytes: Counter,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Timeout,
    Connection,
    Status,
    Invalid,
    Deadline,
    Other,
}

impl Default for Metrics {
    fn default() -> Self {
        let histograms = || BySupplier::new_with_constructor(histogram as fn() -> Histogram);
        Self {
            answers: Family::default(),
            calls: Family::default(),
            retries: Family::default(),
            call_seconds: histograms(),
            permit_wait: histograms(),
            rate_limit_wait: histograms(),
            offers: Family::default(),
            offers_skipped: Family::default(),
            response_bytes: Family::default(),
        }
    }
}

/// Most suppliers answer within seconds, and no search waits for much longer than a minute.
fn histogram() -> Histogram {
    Histogram::new([0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0])
}

impl Metrics {
    /// The metrics of `supplier`, which appear with zeros from now on.
    pub(crate) fn of(&self, supplier: &str) -> ClientMetrics {
        let one = [("supplier", supplier.to_owned())];
        let and = |name, value: &str| [("supplier", supplier.to_owned()), (name, value.to_owned())];
        ClientMetrics {
            answers: SupplierStatus::ALL
                .map(|status| self.answers.get_or_create_owned(&and("status", status.as_str()))),
            calls: Outcome::ALL
                .map(|outcome| self.calls.get_or_create_owned(&and("outcome", outcome.as_str()))),
            retries: self.retries.get_or_create_owned(&one),
            call_seconds: self.call_seconds.get_or_create_owned(&one),
            permit_wait: self.permit_wait.get_or_create_owned(&one),
            rate_limit_wait: self.rate_limit_wait.get_or_create_owned(&one),
            offers: self.offers.get_or_create_owned(&one),
            offers_skipped: self.offers_skipped.get_or_create_owned(&one),
            response_bytes: self.response_bytes.get_or_create_owned(&one),
        }
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "supplier_answers",
            "Answers to searches, by status in the supplier's report",
            self.answers.clone(),
        );
        registry.register(
            "supplier_calls",
            "Calls to suppliers, retries included, by outcome",
            self.calls.clone(),
        );
        registry.register("supplier_retries", "Calls that repeat a failed one", self.retries.clone());
        registry.register(
            "supplier_call_duration_seconds",
            "Time that calls took, failed ones included",
            self.call_seconds.clone(),
        );
        registry.register(
            "supplier_permit_wait_seconds",
            "Time that calls waited for the supplier's concurrency limit and their turn",
            self.permit_wait.clone(),
        );
        registry.register(
            "supplier_rate_limit_wait_seconds",
            "Time that calls waited for the supplier's rate limit once it was their turn",
            self.rate_limit_wait.clone(),
        );
        registry.register("supplier_offers", "Valid offers in responses", self.offers.clone());
        registry.register(
            "supplier_offers_skipped",
            "Offers in responses that were invalid or for another search",
            self.offers_skipped.clone(),
        );
        registry.register(
            "supplier_response_bytes",
            "Bytes of responses that were read, after decompression",
            self.response_bytes.clone(),
        );
    }
}

impl ClientMetrics {
    pub(crate) fn answered(&self, status: SupplierStatus) {
        if let Some(index) = SupplierStatus::ALL.iter().position(|known| *known == status) {
            self.answers[index].inc();
        }
    }

    pub(crate) fn called(&self, outcome: Outcome) {
        self.calls[outcome as usize].inc();
    }

    /// Measures a call until the timer is dropped.
    pub(crate) fn time_call(&self) -> Timer<'_> {
        Timer::start(&self.call_seconds)
    }

    /// How many calls were made, and how many of them failed. A call that the search's deadline cut short did not fail.
    pub(crate) fn calls(&self) -> (u64, u64) {
        let all: u64 = self.calls.iter().map(Counter::get).sum();
        let not_failed = [Outcome::Ok, Outcome::Deadline].map(|outcome| self.calls[outcome as usize].get());
        (all, all.saturating_sub(not_failed.iter().sum()))
    }

    /// Measures a wait for the concurrency limit until the timer is dropped.
    pub(crate) fn time_permit_wait(&self) -> Timer<'_> {
        Timer::start(&self.permit_wait)
    }

    /// Measures a wait for the rate limit until the timer is dropped.
    pub(crate) fn time_rate_limit_wait(&self) -> Timer<'_> {
        Timer::start(&self.rate_limit_wait)
    }
}

impl Outcome {
    const ALL: [Self; 7] =
        [Self::Ok, Self::Timeout, Self::Connection, Self::Status, Self::Invalid, Self::Deadline, Self::Other];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Status => "status",
            Self::Invalid => "invalid",
            Self::Deadline => "deadline",
            Self::Other => "other",
        }
    }
}

impl<T> From<&Result<T, SupplierError>> for Outcome {
    fn from(result: &Result<T, SupplierError>) -> Self {
        match result {
            Ok(_) => Self::Ok,
            Err(SupplierError::Timeout) => Self::Timeout,
            Err(SupplierError::Connection(_)) => Self::Connection,
            Err(SupplierError::Status { .. }) => Self::Status,
            Err(
                SupplierError::ResponseTooLong { .. }
                | SupplierError::Response(_)
                | SupplierError::NoValidOffer { .. }
                | SupplierError::MayBeUnreadable { .. },
            ) => Self::Invalid,
            Err(
                SupplierError::Redirect
                | SupplierError::InvalidRequest
                | SupplierError::Simulated
                | SupplierError::UnknownSupplier,
            ) => Self::Other,
        }
    }
}

/// Observes the time until it is dropped, so that what is cancelled counts too.
#[derive(Debug)]
pub(crate) struct Timer<'a> {
    histogram: &'a Histogram,
    started: Instant,
}

impl<'a> Timer<'a> {
    fn start(histogram: &'a Histogram) -> Self {
        Self { histogram, started: Instant::now() }
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.histogram.observe(self.started.elapsed().as_secs_f64());
    }
}
