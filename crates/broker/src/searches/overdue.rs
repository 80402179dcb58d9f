//! Ends overdue searches: those past their deadline that no worker has ended, because they wait in the queue or
//! because their worker has died. Every worker and every gateway does this, so one live process is enough.

use std::time::Duration;

use contracts::{
    EndStatus, EpochMillis, SearchId, SupplierListing,
    names::{OPEN_SEARCHES, RECORD_PREFIX},
    outcome::{Outcome, Ranking, Times},
};
use futures_util::{StreamExt, stream};
use redis::AsyncCommands;
use tokio::time::Instant;
use traces::Span;

use crate::{
    Basis, Broker, BrokerError, Ended, SearchRecord,
    metrics::{Operation, reason},
    millis::millis,
    searches::foreign::ForeignEnds,
};

/// How long after its deadline a search is overdue, or a request timeout if that is longer. By then, its worker has
/// ended it with all answers.
const MIN_LEEWAY: Duration = Duration::from_millis(500);
/// How long to wait after an error, so that workers can store their answers first; at least.
const MIN_WAIT_AFTER_ERROR: Duration = Duration::from_secs(2);
/// How often to try to end a search whose record comes and goes.
const ATTEMPTS: u32 = 3;
/// How many overdue searches one script finds.
const BATCH: usize = 100;
/// How many of them are ended concurrently.
const CONCURRENCY: usize = 32;

/// An overdue search, and what is known without its record.
#[derive(Clone, Copy, Debug)]
pub struct Overdue {
    /// The search's id.
    pub id: SearchId,
    /// As in [`Basis::deadline`].
    pub deadline: Option<EpochMillis>,
    /// As in [`Basis::last_seq`].
    pub last_seq: u64,
}

/// Settings of a [`Reaper`].
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest time from submission to deadline.
    pub longest: Duration,
    /// Most offers in a result.
    pub max_results: usize,
}

/// Ends overdue searches. Waits for a while after an error.
#[derive(Debug)]
pub struct Reaper {
    broker: Broker,
    limits: Limits,
    foreign: ForeignEnds,
    resume_at: Instant,
}

impl Reaper {
    /// A reaper with these limits.
    #[must_use]
    pub fn new(broker: Broker, limits: Limits) -> Self {
        Self { broker, limits, foreign: ForeignEnds::default(), resume_at: Instant::now() }
    }

    /// Ends the overdue open searches, and those in `known`. Returns the searches that have ended. `asked` returns the
    /// suppliers that a search asks; those without an answer are reported as timed out.
    ///
    /// Returns transient errors. After a permanent one, the search is removed from the open searches.
    pub async fn round(
        &mut self,
        known: impl IntoIterator<Item = Overdue>,
        asked: impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Vec<(SearchId, Ended)>, BrokerError> {
        let ended = self.end_all(known.into_iter().collect(), &asked).await;
        if ended.is_err() {
            self.resume_at = Instant::now() + MIN_WAIT_AFTER_ERROR.max(4 * self.broker.timeout);
        }
        ended
    }

    async fn end_all(
        &mut self,
        mut overdue: Vec<Overdue>,
        asked: &impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Vec<(SearchId, Ended)>, BrokerError> {
        let mut ended = Vec::new();
        loop {
            let found = self.found().await?;
            if Instant::now() < self.resume_at {
                return Ok(ended);
            }
            if !found.is_empty() {
                self.foreign.store(&self.broker).await?;
            }
            overdue.retain(|known| !found.contains(&known.id));
            overdue.extend(found.iter().map(|id| Overdue { id: *id, deadline: None, last_seq: 0 }));
            let this = &*self;
            let ends = stream::iter(overdue.drain(..)).map(|overdue| this.end(overdue, asked));
            let ends: Vec<_> = ends.buffer_unordered(CONCURRENCY).collect().await;
            let mut failure = Ok(());
            for end in ends {
                match end {
                    Ok(end) => ended.extend(end),
                    Err(error) => failure = Err(error),
                }
            }
            // Only now, so that one failing search does not block the others.
            failure?;
            // Ended searches are no longer open, so the next script finds others.
            if found.len() < BATCH {
                return Ok(ended);
            }
        }
    }

    async fn found(&self) -> Result<Vec<SearchId>, BrokerError> {
        let mut call = self.broker.scripts.overdue.key(OPEN_SEARCHES);
        let leeway = self.broker.leeway();
        call.arg(millis(leeway)).arg(millis(self.limits.longest + leeway)).arg(BATCH);
        call.arg(RECORD_PREFIX);
        let members: Vec<String> =
            call.invoke_async(&mut self.broker.connection.to(Operation::Overdue)).await?;
        let mut ids = Vec::with_capacity(members.len());
        for member in members {
            match member.parse() {
                Ok(id) => ids.push(id),
                Err(_) => self.give_up(&member).await?,
            }
        }
        Ok(ids)
    }

    async fn end(
        &self,
        overdue: Overdue,
        asked: &impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Option<(SearchId, Ended)>, BrokerError> {
        match self.broker.expire(overdue, self.limits.max_results, asked).await {
            Ok(ended) => Ok(Some((overdue.id, ended))),
            Err(error) if error.is_transient() => Err(error),
            Err(error) => {
                tracing::error!(search_id = %overdue.id, %error, "a search can't be ended");
                self.give_up(&overdue.id.to_string()).await.map(|()| None)
            }
        }
    }

    /// Removes a search that can't be ended, so that it does not block others.
    async fn give_up(&self, member: &str) -> Result<(), BrokerError> {
        tracing::warn!(member, "removed from the open searches");
        let _: usize = self.broker.connection.to(Operation::Overdue).zrem(OPEN_SEARCHES, member).await?;
        Ok(())
    }
}

impl Broker {
    fn leeway(&self) -> Duration {
        MIN_LEEWAY.max(self.timeout)
    }

    /// A search is overdue if its deadline is before this time.
    pub async fn overdue_before(&self) -> Result<EpochMillis, BrokerError> {
        Ok(EpochMillis(self.now().await?.0.saturating_sub(millis(self.leeway()))))
    }

    /// Ends an overdue search with the answers in its record. If the record was lost, the search fails. `asked` is as
    /// in [`Reaper::round`].
    pub async fn expire(
        &self,
        overdue: Overdue,
        max_results: usize,
        asked: impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Ended, BrokerError> {
        let adjust = |outcome: Outcome, record: &SearchRecord| {
            outcome.with_unanswered(asked(record), None).with_reason(reason::DEADLINE_TEXT)
        };
        for _ in 0..ATTEMPTS {
            match self.end_with_record(overdue.id, max_results, None, adjust).await? {
                Ended::Gone => {}
                ended => return Ok(ended),
            }
            // `None`: the search's worker has created the record again and stored its answers.
            if let Some(ended) = self.fail_lost(overdue).await? {
                return Ok(ended);
            }
        }
        // The next round tries again.
        Err(BrokerError::TimedOut)
    }

    /// Fails a search that has lost its record. `None` if it has one again.
    async fn fail_lost(&self, overdue: Overdue) -> Result<Option<Ended>, BrokerError> {
        let Overdue { id, deadline, last_seq } = overdue;
        let now = self.now().await?;
        let times = Times { created: now, first_answer: None, ended: now };
        let outcome = Outcome::of(Vec::new(), times, Ranking::default())
            .with_status(EndStatus::Failed, reason::RECORD_LOST_TEXT);
        // The trace was lost with the record.
        let basis = Basis { answers: Some(0), last_seq, deadline };
        self.end(id, &outcome, basis, None, &Span::none()).await
    }
}
