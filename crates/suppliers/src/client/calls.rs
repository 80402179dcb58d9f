mod trial;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use airports::Airports;
use backon::{ExponentialBuilder, Retryable};
use contracts::{Cabin, PriceCheck, SearchId, SearchQuery, SupplierCode};
use tokio::time::{Instant, timeout_at};
use traces::Span;

use super::{
    activity::Activity,
    circuit_breaker::CircuitBreaker,
    error::AskError,
    limits::{Limits, Permit},
    log::CallLog,
    retry_policy, spans,
};
use crate::{
    error::SupplierError,
    file::settings::CommonSettings,
    metrics::{ClientMetrics, Outcome},
    offers::{CollectedOffers, OfferCollector},
    supplier::Supplier,
};

/// Makes the calls of one supplier, within its limits.
pub(super) struct Calls {
    code: SupplierCode,
    timeout: Duration,
    max_wait: Option<Duration>,
    backoff: ExponentialBuilder,
    limits: Limits,
    breaker: CircuitBreaker,
    activity: Activity,
    supplier: Box<dyn Supplier>,
    airports: Arc<Airports>,
    max_offers: usize,
    /// The lowest cabin that it sells, if that is not economy.
    lowest_cabin: Option<Cabin>,
    propagate_trace: bool,
    log: CallLog,
    metrics: Arc<ClientMetrics>,
}

/// A search or a price check that asks the supplier. Passed by reference: each future would hold a copy, and tens of
/// thousands may be in progress.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) id: SearchId,
    pub(super) query: &'a SearchQuery,
    /// The price that is asked for; without it, all offers are.
    pub(super) check: Option<&'a PriceCheck>,
    pub(super) deadline: Instant,
    /// The span that asks.
    pub(super) above: &'a Span,
}

impl Calls {
    pub(super) fn new(
        settings: &CommonSettings,
        supplier: Box<dyn Supplier>,
        airports: &Arc<Airports>,
        max_offers: usize,
        metrics: &Arc<ClientMetrics>,
        log: CallLog,
    ) -> Self {
        let code = &settings.code;
        // Each kind sells economy unless the file says otherwise.
        let lowest_cabin = settings.cabins.iter().flatten().min().copied();
        Self {
            code: code.clone(),
            timeout: settings.timeout.0,
            max_wait: settings.max_wait.map(|wait| wait.0),
            backoff: retry_policy::backoff(settings),
            limits: Limits::new(settings.concurrency, settings.rate_limit.map(Into::into)),
            breaker: CircuitBreaker::new(code.clone(), settings.breaker.failures, settings.breaker.open.0),
            activity: Activity::default(),
            supplier,
            airports: Arc::clone(airports),
            max_offers,
            lowest_cabin: lowest_cabin.filter(|cabin| *cabin != Cabin::Economy),
            propagate_trace: settings.propagate_trace,
            log,
            metrics: Arc::clone(metrics),
        }
    }

    /// The state of the circuit breaker, as a label.
    pub(super) fn breaker_state(&self) -> &'static str {
        self.breaker.state_name()
    }

    /// Whether calls are made as they come: the circuit breaker neither refuses them nor waits for the outcome of one.
    pub(super) fn is_breaker_closed(&self) -> bool {
        self.breaker.is_closed()
    }

    /// What is logged about the supplier.
    pub(super) fn log(&self) -> &CallLog {
        &self.log
    }

    /// Calls in progress and the last failure.
    pub(super) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Calls the supplier, and again after failures that may pass, until the deadline.
    pub(super) async fn with_retries(&self, request: &Request<'_>) -> Result<CollectedOffers, AskError> {
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
    async fn attempt(&self, request: &Request<'_>, calls: &AtomicU32) -> Result<CollectedOffers, AskError> {
        let Request { id, query, check, deadline, above } = *request;
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

        let mut span = spans::call(above, &self.code, attempt, started - queued, check.is_some());
        let trace = span.position().filter(|_| self.propagate_trace);

        let mut offers = self.collector(query).only(check);
        let call = match check {
            None => self.supplier.search(query, call_deadline, trace, &mut offers),
            Some(check) => self.supplier.check(query, check, call_deadline, trace, &mut offers),
        };
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

    /// What the offers of a call are added to.
    fn collector<'a>(&'a self, query: &'a SearchQuery) -> OfferCollector<'a> {
        OfferCollector::new(query, &self.airports, self.max_offers).in_cabin(self.lowest_cabin)
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
