//! Calls one supplier, so that a slow or failing supplier affects neither the search nor the other suppliers.
//!
//! Each attempt waits in a queue for the supplier's concurrency and rate limits, then makes one call. The supplier's
//! timeout starts with the call; queueing counts against the search's deadline only. Failed calls are retried while
//! the deadline allows. A circuit breaker stops calls to a supplier that keeps failing.
//!
//! | status | when |
//! | --- | --- |
//! | `ok`, `empty` | the supplier answered, with or without offers |
//! | `timeout` | it was called, and did not answer within its timeout or the search's deadline |
//! | `error` | it answered with an error or an invalid response |
//! | `skipped` | it was not called: it does not sell what is searched |
//! | `unavailable` | it was not called: the circuit breaker is open, or the time in the queue ran out |
//!
//! | module | what it does |
//! | --- | --- |
//! | [`activity`] | calls in progress and the last failure, for operators |
//! | [`calls`] | makes calls within the limits, and retries them |
//! | [`limits`] | concurrency limit and rate limit |
//! | [`circuit_breaker`] | stops calls to a supplier that keeps failing |
//! | [`retry`] | which failed calls are retried, and after which delay |
//! | [`error`] | why a search got no answer |
//! | [`log`] | what is logged about a supplier |
//! | [`spans`] | the spans of calls |
//! | [`trial`] | one call that is shown to a person |

mod activity;
mod calls;
mod circuit_breaker;
mod error;
mod limits;
mod log;
mod retry_policy;
mod spans;
mod trial;
mod unknown;

use std::sync::Arc;

use airports::Airports;
use contracts::{
    Offer, PriceCheck, SearchId, SearchQuery, SupplierCode, SupplierReport, SupplierStatus,
    outcome::{Answer, OneWays},
    search::Trip,
};
use log_throttle::LogThrottle;
use tokio::time::Instant;
use traces::Span;

use crate::{
    capabilities::{Asked, Capabilities, Skip},
    file::settings::CommonSettings,
    metrics::ClientMetrics,
    offers::CollectedOffers,
    supplier::Supplier,
};
pub use activity::SupplierHealth;
use calls::{Calls, Request};
use log::CallLog;
pub use trial::{Trial, TrialOutcome};
use unknown::UnknownSupplier;

/// Calls one supplier within its limits.
pub struct SupplierClient {
    code: SupplierCode,
    name: String,
    capabilities: Capabilities,
    calls: Calls,
    metrics: Arc<ClientMetrics>,
}

impl SupplierClient {
    /// A client for `supplier` with the limits in `settings`. It keeps about the `max_offers` cheapest offers of each
    /// response.
    pub(crate) fn new(
        settings: &CommonSettings,
        supplier: Box<dyn Supplier>,
        airports: &Arc<Airports>,
        max_offers: usize,
        metrics: Arc<ClientMetrics>,
    ) -> Self {
        let log = CallLog::new(settings.code.clone(), Arc::default());
        Self::with_log(settings, supplier, airports, max_offers, metrics, log)
    }

    /// A client for a code that is not configured. It fails at once. All unknown suppliers share one `throttle` and
    /// `metrics`.
    pub(crate) fn unknown(
        code: SupplierCode,
        airports: &Arc<Airports>,
        throttle: &Arc<LogThrottle>,
        metrics: &Arc<ClientMetrics>,
    ) -> Self {
        let log = CallLog::new(code.clone(), Arc::clone(throttle));
        let settings = CommonSettings::for_unknown(code);
        Self::with_log(&settings, Box::new(UnknownSupplier), airports, 0, Arc::clone(metrics), log)
    }

    fn with_log(
        settings: &CommonSettings,
        supplier: Box<dyn Supplier>,
        airports: &Arc<Airports>,
        max_offers: usize,
        metrics: Arc<ClientMetrics>,
        log: CallLog,
    ) -> Self {
        Self {
            code: settings.code.clone(),
            name: settings.name.clone(),
            capabilities: Capabilities::new(settings, airports),
            calls: Calls::new(settings, supplier, airports, max_offers, &metrics, log),
            metrics,
        }
    }

    /// The supplier's code.
    #[must_use]
    pub fn code(&self) -> &SupplierCode {
        &self.code
    }

    /// The supplier's display name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The state of the circuit breaker, as a label.
    pub(crate) fn breaker_state(&self) -> &'static str {
        self.calls.breaker_state()
    }

    /// How the supplier is doing.
    #[must_use]
    pub fn health(&self) -> SupplierHealth {
        let (calls, failures) = self.metrics.calls();
        SupplierHealth {
            code: self.code.to_string(),
            name: self.name.clone(),
            breaker: self.calls.breaker_state(),
            in_flight: self.calls.activity().in_flight(),
            calls,
            failures,
            last_error: self.calls.activity().last_error(),
        }
    }

    /// Asks the supplier for offers, and returns by `deadline`. Each call is a span below `above`. A supplier that sells
    /// only one way is asked for both ways of a return, at once; the answer then has the one-ways.
    ///
    /// This never fails: the report's status says what went wrong, and the log says why. Dropping the future cancels
    /// the call and releases its permits.
    pub fn ask<'a>(
        &'a self,
        search: SearchId,
        query: &'a SearchQuery,
        deadline: Instant,
        above: &'a Span,
    ) -> impl Future<Output = Answer> + Send + 'a {
        // Not an `async fn`, whose future would hold all this a second time: tens of thousands may be in progress.
        self.answer(Request { id: search, query, check: None, deadline, above })
    }

    /// Asks the supplier for the price of one offer that an earlier search for `query` found. The answer has that offer
    /// with that one price as it is now, or is `empty` if the supplier no longer sells it. Otherwise like
    /// [`ask`](Self::ask), with the same limits, retries and circuit breaker.
    pub fn check<'a>(
        &'a self,
        search: SearchId,
        query: &'a SearchQuery,
        check: &'a PriceCheck,
        deadline: Instant,
        above: &'a Span,
    ) -> impl Future<Output = Answer> + Send + 'a {
        self.answer(Request { id: search, query, check: Some(check), deadline, above })
    }

    async fn answer(&self, request: Request<'_>) -> Answer {
        let ways = match self.capabilities.asked(request.query) {
            Err(skip) => return self.not_called(SupplierStatus::Skipped, skip),
            Ok(Asked::Trip) => None,
            // Nothing is known of the price of a return from one that sells its ways. Gateways refuse such a check; but an
            // older one does not, and the suppliers file may have changed since the search.
            Ok(Asked::OneWays(_)) if request.check.is_some() => {
                return self.not_called(SupplierStatus::Unavailable, Skip::Trip(Trip::Return));
            }
            Ok(Asked::OneWays(ways)) => Some(ways),
        };
        let started = Instant::now();
        // Boxed, because few searches ask for both ways, and all of them would have to hold two calls.
        let found = match ways {
            None => self.found(&request).await,
            Some(ways) => Box::pin(self.found_each_way(&request, &ways)).await,
        };
        let Found { status, offers, one_ways, valid, rejected } = found;
        self.metrics.answered(status);
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let report = SupplierReport { status, elapsed_ms, offers: valid, rejected, ..self.report() };
        Answer { report, offers, one_ways }
    }

    async fn found(&self, request: &Request<'_>) -> Found {
        match self.calls.with_retries(request).await {
            Ok(CollectedOffers { offers, valid, rejected, .. }) => {
                let status = if offers.is_empty() { SupplierStatus::Empty } else { SupplierStatus::Ok };
                Found { status, offers, one_ways: None, valid, rejected }
            }
            Err(error) => {
                self.calls.log().no_answer(request.id, &error, request.above);
                spans::skipped(request.above, &self.code, &error);
                let (status, rejected) = (error.status(), error.rejected_offers());
                Found { status, offers: Vec::new(), one_ways: None, valid: 0, rejected }
            }
        }
    }

    /// Asks for the way out and for the way back, at once. Each is a call with its own permit and retries. While a call
    /// finds out whether the supplier is back, no other is made: then one after the other.
    async fn found_each_way(&self, request: &Request<'_>, ways: &[SearchQuery; 2]) -> Found {
        let [there, back] = ways;
        let (there, back) = (Request { query: there, ..*request }, Request { query: back, ..*request });
        let (there, back) = if self.calls.is_breaker_closed() {
            tokio::join!(self.found(&there), self.found(&back))
        } else {
            (self.found(&there).await, self.found(&back).await)
        };
        let status = match (there.status, back.status) {
            (SupplierStatus::Ok, SupplierStatus::Ok) => SupplierStatus::Ok,
            (one, other) if one.is_answer() && other.is_answer() => SupplierStatus::Empty,
            (one, other) if one.is_answer() => other,
            (one, _) => one,
        };
        let one_ways = Box::new(OneWays { there: there.offers, back: back.offers });
        // They are paired when their prices can be compared.
        let (offers, rejected) = (Vec::new(), there.rejected + back.rejected);
        Found { status, offers, one_ways: Some(one_ways), valid: 0, rejected }
    }

    /// The answer to a request that the supplier is not called for, and why.
    fn not_called(&self, status: SupplierStatus, skip: Skip) -> Answer {
        self.metrics.answered(status);
        let report = SupplierReport { status, reason: Some(skip.to_string()), ..self.report() };
        Answer { report, offers: Vec::new(), one_ways: None }
    }

    /// A report without an outcome.
    fn report(&self) -> SupplierReport {
        SupplierReport {
            code: self.code.clone(),
            name: self.name.clone(),
            status: SupplierStatus::Empty,
            elapsed_ms: 0,
            offers: 0,
            rejected: 0,
            reason: None,
        }
    }
}

/// What a supplier has for a search.
struct Found {
    status: SupplierStatus,
    offers: Vec<Offer>,
    one_ways: Option<Box<OneWays>>,
    /// How many valid offers there were before the cap.
    valid: usize,
    rejected: usize,
}

#[cfg(test)]
mod tests;
