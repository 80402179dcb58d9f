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
//! | [`limits`] | concurrency limit and rate limit |
//! | [`circuit_breaker`] | stops calls to a supplier that keeps failing |
//! | [`retry`] | which failed calls are retried, and after which delay |
//! | [`error`] | why a search got no answer |
//! | [`log`] | what is logged about a supplier |
//! | [`spans`] | the spans of calls |

mod activity;
mod circuit_breaker;
mod error;
mod limits;
mod log;
mod retry_policy;
mod spans;
mod unknown;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use airports::Airports;
use backon::{ExponentialBuilder, Retryable};
use contracts::{SearchId, SearchQuery, SupplierCode, SupplierReport, SupplierStatus, outcome::Answer};
use log_throttle::LogThrottle;
use tokio::time::{Instant, timeout_at};
use traces::Span;

use crate::{
    capabilities::{Capabilities, Skip},
    error::SupplierError,
    file::settings::CommonSettings,
    metrics::{ClientMetrics, Outcome},
    offers::{CollectedOffers, OfferCollector},
    supplier::Supplier,
};
use activity::Activity;
pub use activity::SupplierHealth;
use circuit_breaker::CircuitBreaker;
use error::AskError;
use limits::{Limits, Permit};
use log::CallLog;
use unknown::UnknownSupplier;

/// Calls one supplier within its limits.
pub struct SupplierClient {
    code: SupplierCode,
    name: String,
    timeout: Duration,
    max_wait: Option<Duration>,
    backoff: ExponentialBuilder,
    limits: Limits,
    breaker: CircuitBreaker,
    activity: Activity,
    supplier: Box<dyn Supplier>,
    capabilities: Capabilities,
    airports: Arc<Airports>,
    max_offers: usize,
    propagate_trace: bool,
    log: CallLog,
    metrics: Arc<ClientMetrics>,
}

/// A search that asks the supplier.
#[derive(Clone, Copy)]
struct SearchRequest<'a> {
    id: SearchId,
    query: &'a SearchQuery,
    deadline: Instant,
    /// The span that asks.
    above: &'a Span,
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
        let code = &settings.code;
        Self {
            code: code.clone(),
            name: settings.name.clone(),
            timeout: settings.timeout.0,
            max_wait: settings.max_wait.map(|wait| wait.0),
            backoff: retry_policy::backoff(settings),
            limits: Limits::new(settings.concurrency, settings.rate_limit.map(Into::into)),
            breaker: CircuitBreaker::new(code.clone(), settings.breaker.failures, settings.breaker.open.0),
            activity: Activity::default(),
            supplier,
            capabilities: Capabilities::new(settings, airports),
            airports: Arc::clone(airports),
            max_offers,
            propagate_trace: settings.propagate_trace,
            log: CallLog::new(code.clone(), Arc::default()),
            metrics,
        }
    }

    /// A client for a code that is not configured. It fails at once. All unknown suppliers share one `throttle` and
    /// `metrics`.
    pub(crate) fn unknown(
        code: SupplierCode,
        airports: &Arc<Airports>,
        throttle: &Arc<LogThrottle>,
        metrics: &Arc<ClientMetrics>,
    ) -> Self {
        let metrics = Arc::clone(metrics);
        let log = CallLog::new(code.clone(), Arc::clone(throttle));
        let settings = CommonSettings::for_unknown(code);
        Self { log, ..Self::new(&settings, Box::new(UnknownSupplier), airports, 0, metrics) }
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
        self.breaker.state_name()
    }

    /// How the supplier is doing.
    #[must_use]
    pub fn health(&self) -> SupplierHealth {
        let (calls, failures) = self.metrics.calls();
        SupplierHealth {
            code: self.code.to_string(),
            name: self.name.clone(),
            breaker: self.breaker.state_name(),
            in_flight: self.activity.in_flight(),
            calls,
            failures,
            last_error: self.activity.last_error(),
        }
    }

    /// Asks the supplier for offers, and returns by `deadline`. Each call is a span below `above`.
    ///
    /// This never fails: the report's status says what went wrong, and the log says why. Dropping the future cancels
    /// the call and releases its permits.
    pub async fn ask(
        &self,
        search: SearchId,
        query: &SearchQuery,
        deadline: Instant,
        above: &Span,
    ) -> Answer {
        if let Some(skip) = self.capabilities.skip(query) {
            return self.skipped(skip);
        }
        let started = Instant::now();
        let request = SearchRequest { id: search, query, deadline, above };
        let (status, offers, valid, skipped) = match self.call_with_retries(request).await {
            Ok(CollectedOffers { offers, valid, rejected, .. }) => {
                let status = if offers.is_empty() { SupplierStatus::Empty } else { SupplierStatus::Ok };
                (status, offers, valid, rejected)
            }
            Err(error) => {
                self.log.no_answer(search, &error, above);
                spans::skipped(above, &self.code, &error);
                (error.status(), Vec::new(), 0, error.skipped_offers())
            }
        };
        self.metrics.answered(status);
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let report = SupplierReport {
            code: self.code.clone(),
            name: self.name.clone(),
            status,
            elapsed_ms,
            offers: valid,
            skipped,
            reason: None,
        };
        Answer { report, offers }
    }

    /// The answer for a search that the supplier has nothing for.
    fn skipped(&self, skip: Skip) -> Answer {
        let status = SupplierStatus::Skipped;
        self.metrics.answered(status);
        let report = SupplierReport {
            code: self.code.clone(),
            name: self.name.clone(),
            status,
            elapsed_ms: 0,
            offers: 0,
            skipped: 0,
            reason: Some(skip.to_string()),
        };
        Answer { report, offers: Vec::new() }
    }

    async fn call_with_retries(&self, request: SearchRequest<'_>) -> Result<CollectedOffers, AskError> {
        let deadline = request.deadline;
        if deadline <= Instant::now() {
            return Err(AskError::DeadlineExceeded);
        }
        let calls = AtomicU32::new(0);
        let attempts = (|| self.attempt(request, &calls))
            .retry(self.backoff)
            .sleep(tokio::time::sleep)
            .when(|error| retry_policy::is_retryable(error) && self.breaker.allows_calls())
            .adjust(|error, backoff| retry_policy::delay(error, backoff?, deadline));
        let result = timeout_at(deadline, attempts).await;
        let was_called = calls.into_inner() > 0;
        match result {
            Ok(Err(AskError::CircuitOpen | AskError::QueueTimeout)) if was_called => {
                Err(AskError::RetryNotPossible)
            }
            Ok(result) => result,
            Err(_) if was_called => Err(AskError::DeadlineExceeded),
            Err(_) => Err(AskError::QueueTimeout),
        }
    }

    /// Queues for a permit and makes one call. Increments `calls` when the call starts.
    async fn attempt(
        &self,
        request: SearchRequest<'_>,
        calls: &AtomicU32,
    ) -> Result<CollectedOffers, AskError> {
        let SearchRequest { id, query, deadline, above } = request;
        let queued = Instant::now();
        // Boxed: what it needs to wait is larger than what the call needs, and most of the time is the call's.
        let _permit = Box::pin(self.permit(deadline)).await?;
        let breaker_call = self.breaker.start_call().ok_or(AskError::CircuitOpen)?;
        let attempt = calls.fetch_add(1, Ordering::Relaxed) + 1;
        if attempt > 1 {
            self.metrics.retries.inc();
        }
        let started = Instant::now();
        // `None` if the search's deadline comes before the supplier's timeout.
        let timeout = started.checked_add(self.timeout).filter(|timeout| *timeout <= deadline);
        let call_deadline = timeout.unwrap_or(deadline);

        let mut span = spans::call(above, &self.code, attempt, started - queued);
        let trace = span.position().filter(|_| self.propagate_trace);

        let mut offers = OfferCollector::new(query, &self.airports, self.max_offers);
        let call = self.supplier.search(query, call_deadline, trace, &mut offers);
        let timer = self.metrics.time_call();
        let in_flight = self.activity.start_call();
        let response = timeout_at(call_deadline, call).await;
        drop((timer, in_flight));
        self.metrics.response_bytes.inc_by(offers.response_bytes());
        let result = match response {
            Ok(result) => result.and_then(|()| offers.finish()),
            // Not the supplier's fault: it had less time than its timeout.
            Err(_) if timeout.is_none() => {
                self.metrics.called(Outcome::Deadline);
                span.fail(Outcome::Deadline.as_str());
                return Err(AskError::DeadlineExceeded);
            }
            Err(_) => Err(SupplierError::Timeout),
        };
        self.metrics.called(Outcome::from(&result));
        spans::finish_call(&mut span, &result);
        if let Ok(CollectedOffers { valid, rejected, .. }) = &result {
            self.metrics.offers.inc_by(*valid as u64);
            self.metrics.offers_skipped.inc_by(*rejected as u64);
        }
        self.log.call(id, attempt, started.elapsed(), &result, &span);
        if let Err(error) = &result {
            self.activity.failed(error);
        }
        match &result {
            Err(error) if error.is_supplier_fault() => breaker_call.failed(error),
            _ => breaker_call.succeeded(),
        }
        result.map_err(AskError::Supplier)
    }

    /// Queues until a call may start. Fails early if the circuit breaker opens meanwhile.
    async fn permit(&self, deadline: Instant) -> Result<Permit<'_>, AskError> {
        let check_breaker = || if self.breaker.allows_calls() { Ok(()) } else { Err(AskError::CircuitOpen) };
        let permit = async {
            check_breaker()?;
            let timer = self.metrics.time_permit_wait();
            let next = self.limits.queue().await;
            drop(timer);
            check_breaker()?;
            let _timer = self.metrics.time_rate_limit_wait();
            Ok(next.wait_for_rate().await)
        };
        let max_wait = self.max_wait.and_then(|wait| Instant::now().checked_add(wait));
        let until = max_wait.map_or(deadline, |max_wait| max_wait.min(deadline));
        timeout_at(until, permit).await.unwrap_or(Err(AskError::QueueTimeout))
    }
}

#[cfg(test)]
mod tests;
