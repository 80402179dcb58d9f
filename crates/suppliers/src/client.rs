//! Asks one supplier, so that whatever it does the search goes on and the other suppliers notice nothing.
//!
//! A call waits for a place among the supplier's calls at once and for its rate limit; how long it may is counted
//! against the search. Then it is made, and the supplier's own timeout begins. A call that fails is repeated, as
//! long as the search's deadline allows, and queues like any other. A breaker keeps calls away from a supplier
//! that fails again and again.
//!
//! | status | when |
//! | --- | --- |
//! | `ok`, `empty` | the supplier answered |
//! | `timeout` | it was asked, and did not answer within its timeout or the search's deadline |
//! | `error` | it answered with an error, or with something that is no answer |
//! | `unavailable` | it was not asked: its breaker is open, or the search's turn did not come in time |
//!
//! What goes wrong is logged at `warn`, a few lines in a while (`journal`), and the rest of it at `debug`.

mod circuit_breaker;
mod error;
mod limits;
mod log;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use airports::Airports;

use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use contracts::{SearchId, SearchQuery, SupplierCode, SupplierReport, SupplierStatus, outcome::Answer};
use tokio::time::{Instant, timeout_at};

use crate::{Found, Supplier, SupplierError, file::Common, log_throttle::Complaints, offers::Findings};
use circuit_breaker::{Breaker, BreakerSettings};
use error::Failure;
use limits::{Limits, Rate, Slot};
use log::Journal;

/// Waiting before a repetition gets no longer than this, unless the supplier says so.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Where a supplier is asked.
pub struct Desk {
    code: SupplierCode,
    name: String,
    timeout: Duration,
    max_wait: Option<Duration>,
    backoff: ExponentialBuilder,
    limits: Limits,
    breaker: Breaker,
    supplier: Box<dyn Supplier>,
    airports: Arc<Airports>,
    max_offers: usize,
    journal: Journal,
}

/// What a desk is asked.
#[derive(Clone, Copy)]
struct Question<'a> {
    search: SearchId,
    query: &'a SearchQuery,
    deadline: Instant,
}

impl Desk {
    /// A desk for `supplier` that keeps to the limits of its entry in the file, and of what it offers about the
    /// `max_offers` cheapest.
    pub(super) fn new(
        common: &Common,
        supplier: Box<dyn Supplier>,
        airports: &Arc<Airports>,
        max_offers: usize,
    ) -> Self {
        let Common { code, name, .. } = common;
        let rate =
            common.rate_limit.map(|rate| Rate { calls: rate.calls, per: rate.per.0, burst: rate.burst });
        let breaker = BreakerSettings { failures: common.breaker.failures, open: common.breaker.open.0 };
        Self {
            code: code.clone(),
            name: name.clone(),
            timeout: common.timeout.0,
            max_wait: common.max_wait.map(|wait| wait.0),
            backoff: ExponentialBuilder::new()
                .with_min_delay(common.backoff.0)
                .with_max_delay(MAX_BACKOFF)
                .with_max_times(common.retries)
                .with_jitter(),
            limits: Limits::new(common.concurrency, rate),
            breaker: Breaker::new(code.clone(), breaker),
            supplier,
            airports: Arc::clone(airports),
            max_offers,
            journal: Journal::new(code.clone(), Arc::default()),
        }
    }

    /// A desk for a code that nobody has: it answers at once that this is an error. All of them share their
    /// `complaints`, as clients may make up codes.
    pub(super) fn unknown(
        code: SupplierCode,
        airports: &Arc<Airports>,
        complaints: &Arc<Complaints>,
    ) -> Self {
        let journal = Journal::new(code.clone(), Arc::clone(complaints));
        Self { journal, ..Self::new(&Common::of_nobody(code), Box::new(Nobody), airports, 0) }
    }

    /// What the supplier is asked for by.
    #[must_use]
    pub fn code(&self) -> &SupplierCode {
        &self.code
    }

    /// What people call the supplier.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks the supplier for a search. Never fails: the report's status tells what went wrong, and the log why. Ends
    /// by `deadline`. Dropping the future ends the call and frees its place.
    pub async fn ask(&self, search: SearchId, query: &SearchQuery, deadline: Instant) -> Answer {
        let asked = Instant::now();
        let question = Question { search, query, deadline };
        let (status, offers, good) = match self.answer(question).await {
            Ok(Findings { offers, .. }) if offers.is_empty() => (SupplierStatus::Empty, offers, 0),
            Ok(Findings { offers, good, .. }) => (SupplierStatus::Ok, offers, good),
            Err(failure) => {
                self.journal.no_answer(search, &failure);
                (failure.status(), Vec::new(), 0)
            }
        };
        let elapsed_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        let report = SupplierReport {
            code: self.code.clone(),
            name: self.name.clone(),
            status,
            elapsed_ms,
            offers: good,
        };
        Answer { report, offers }
    }

    async fn answer(&self, question: Question<'_>) -> Result<Findings, Failure> {
        let deadline = question.deadline;
        if deadline <= Instant::now() {
            return Err(Failure::OutOfTime);
        }
        let calls = AtomicU32::new(0);
        let attempts = (|| self.attempt(question, &calls))
            .retry(self.backoff)
            .sleep(tokio::time::sleep)
            .when(|failure| failure.is_retryable() && self.breaker.lets_through())
            .adjust(|failure, backoff| failure.wait(backoff?, deadline));
        let answer = timeout_at(deadline, attempts).await;
        let was_asked = calls.into_inner() > 0;
        match answer {
            Ok(Err(Failure::Open | Failure::Busy)) if was_asked => Err(Failure::NotAgain),
            Ok(answer) => answer,
            Err(_) if was_asked => Err(Failure::OutOfTime),
            Err(_) => Err(Failure::Busy),
        }
    }

    /// Queues, and makes one call.
    async fn attempt(&self, question: Question<'_>, calls: &AtomicU32) -> Result<Findings, Failure> {
        let Question { query, deadline, .. } = question;
        let _slot = self.slot(deadline).await?;
        let call = self.breaker.call().ok_or(Failure::Open)?;
        let attempt = calls.fetch_add(1, Ordering::Relaxed) + 1;
        let begun = Instant::now();
        let own = begun.checked_add(self.timeout).filter(|own| *own <= deadline);
        let until = own.unwrap_or(deadline);

        let mut found = Found::new(query, &self.airports, self.max_offers);
        let answer = match timeout_at(until, self.supplier.search(query, until, &mut found)).await {
            Ok(answer) => answer.and_then(|()| found.close()),
            // Less time than the supplier is due, so this says nothing about it.
            Err(_) if own.is_none() => return Err(Failure::OutOfTime),
            Err(_) => Err(SupplierError::Timeout),
        };
        self.journal.call(question.search, attempt, begun.elapsed(), &answer);
        match &answer {
            Err(error) if error.is_failure() => call.failed(error),
            _ => call.succeeded(),
        }
        answer.map_err(Failure::Supplier)
    }

    /// Waits for the next call's turn. Looks at the breaker again while queueing: it may open meanwhile.
    async fn slot(&self, deadline: Instant) -> Result<Slot<'_>, Failure> {
        let open = || if self.breaker.lets_through() { Ok(()) } else { Err(Failure::Open) };
        let turn = async {
            open()?;
            let place = self.limits.queue().await;
            open()?;
            Ok(place.pace().await)
        };
        let patience = self.max_wait.and_then(|wait| Instant::now().checked_add(wait));
        let until = patience.map_or(deadline, |patience| patience.min(deadline));
        timeout_at(until, turn).await.unwrap_or(Err(Failure::Busy))
    }
}

/// Stands in for a supplier that doesn't exist.
struct Nobody;

#[async_trait]
impl Supplier for Nobody {
    async fn search(
        &self,
        _query: &SearchQuery,
        _deadline: Instant,
        _found: &mut Found<'_>,
    ) -> Result<(), SupplierError> {
        Err(SupplierError::Unknown)
    }
}

#[cfg(test)]
mod tests;
