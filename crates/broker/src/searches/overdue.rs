//! Ends searches that are past their deadline. Whoever works on one ends it by then; this is for those that nobody works
//! on, because they wait, or because their workers have died. Every worker and every gateway does it, so that it is
//! done as long as any of them lives, whether or not somebody follows the search.

use std::time::Duration;

use contracts::{
    EndStatus, EpochMillis, SearchId, SupplierListing,
    names::{OPEN_SEARCHES, RECORD_PREFIX},
    outcome::{Outcome, Times},
};
use futures_util::{StreamExt, stream};
use redis::AsyncCommands;
use tokio::time::Instant;

use crate::{
    Basis, Broker, BrokerError, Ended, SearchRecord, millis::millis, searches::foreign::ForeignEnds,
};

/// How long after its deadline a search counts as overdue at least: whoever works on it has ended it by then, with all
/// there is. On a slow link as long as a request may take.
const LEEWAY: Duration = Duration::from_millis(500);
/// How long no search is ended after Redis was away at least: those who have answers in hand store them first.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a search is tried to be ended that gets a record and loses it meanwhile.
const TRIES: u32 = 3;
/// How many overdue searches are found at once.
const FOUND_AT_ONCE: usize = 100;
/// How many of them are ended at once.
const ENDED_AT_ONCE: usize = 32;

/// A search that is overdue, and what is known of it beside its record.
#[derive(Clone, Copy, Debug)]
pub struct Overdue {
    /// The search.
    pub id: SearchId,
    /// Its deadline, if it is known. If not, and without a record, it ends only while it is among the open searches.
    pub deadline: Option<EpochMillis>,
    /// The highest sequence number that any of its events is known to have had.
    pub last_seq: u64,
}

/// What searches are ended by.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long it is from a search's submission to its deadline at most.
    pub longest: Duration,
    /// How many offers a result holds at most.
    pub max_results: usize,
}

/// Ends overdue searches. Holds back for a while after Redis was away.
#[derive(Debug)]
pub struct Reaper {
    broker: Broker,
    limits: Limits,
    foreign: ForeignEnds,
    patient_until: Instant,
}

impl Reaper {
    /// One that ends searches by these limits.
    #[must_use]
    pub fn new(broker: Broker, limits: Limits) -> Self {
        Self { broker, limits, foreign: ForeignEnds::default(), patient_until: Instant::now() }
    }

    /// Ends the overdue searches among the open ones, and `further` ones, and gives those that have ended by now.
    /// `asked` gives the suppliers that a search asks: those that have not answered are told as timed out.
    ///
    /// A failure that will pass is given back; of the others, each search's own, the search is given up.
    pub async fn round(
        &mut self,
        further: impl IntoIterator<Item = Overdue>,
        asked: impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Vec<(SearchId, Ended)>, BrokerError> {
        let ended = self.end_all(further.into_iter().collect(), &asked).await;
        if ended.is_err() {
            self.patient_until = Instant::now() + PATIENCE.max(4 * self.broker.timeout);
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
            if Instant::now() < self.patient_until {
                return Ok(ended);
            }
            if !found.is_empty() {
                self.foreign.store(&self.broker).await?;
            }
            overdue.retain(|further| !found.contains(&further.id));
            overdue.extend(found.iter().map(|id| Overdue { id: *id, deadline: None, last_seq: 0 }));
            let this = &*self;
            let ends = stream::iter(overdue.drain(..)).map(|overdue| this.end(overdue, asked));
            let ends: Vec<_> = ends.buffer_unordered(ENDED_AT_ONCE).collect().await;
            let mut failure = Ok(());
            for end in ends {
                match end {
                    Ok(end) => ended.extend(end),
                    Err(error) => failure = Err(error),
                }
            }
            // After all have been tried: one that fails again and again holds up no other.
            failure?;
            // Each that was found is no longer among the open ones: the next look finds others.
            if found.len() < FOUND_AT_ONCE {
                return Ok(ended);
            }
        }
    }

    async fn found(&self) -> Result<Vec<SearchId>, BrokerError> {
        let mut call = self.broker.scripts.overdue.key(OPEN_SEARCHES);
        let leeway = self.broker.leeway();
        call.arg(millis(leeway)).arg(millis(self.limits.longest + leeway)).arg(FOUND_AT_ONCE);
        call.arg(RECORD_PREFIX);
        let members: Vec<String> = call.invoke_async(&mut self.broker.connection.clone()).await?;
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
            Err(error) if error.is_passing() => Err(error),
            Err(error) => {
                tracing::error!(search_id = %overdue.id, %error, "a search can't be ended");
                self.give_up(&overdue.id.to_string()).await.map(|()| None)
            }
        }
    }

    /// What can't be ended must not keep others from it.
    async fn give_up(&self, member: &str) -> Result<(), BrokerError> {
        tracing::warn!(member, "removed from the open searches");
        let _: usize = self.broker.connection.clone().zrem(OPEN_SEARCHES, member).await?;
        Ok(())
    }
}

impl Broker {
    fn leeway(&self) -> Duration {
        LEEWAY.max(self.timeout)
    }

    /// The point in time before which a search's deadline must lie for it to be overdue.
    pub async fn overdue_before(&self) -> Result<EpochMillis, BrokerError> {
        Ok(EpochMillis(self.now().await?.0.saturating_sub(millis(self.leeway()))))
    }

    /// Ends an overdue search with what its record has; without a record as `failed`, unless that shows that it had
    /// ended. `asked` is as in [`Reaper::round`].
    pub async fn expire(
        &self,
        overdue: Overdue,
        max_results: usize,
        asked: impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Ended, BrokerError> {
        let shape =
            |outcome: Outcome, record: &SearchRecord| outcome.with_silent(asked(record)).because("deadline");
        for _ in 0..TRIES {
            match self.end_with_record(overdue.id, max_results, None, shape).await? {
                Ended::Gone => {}
                ended => return Ok(ended),
            }
            // `None`: a worker that has it in hand has made the record anew, and stored what it holds.
            if let Some(ended) = self.fail_lost(overdue).await? {
                return Ok(ended);
            }
        }
        // Left to the next round.
        Err(BrokerError::TimedOut)
    }

    /// Ends a search that has no record; `None` if it has one again by now.
    async fn fail_lost(&self, overdue: Overdue) -> Result<Option<Ended>, BrokerError> {
        let Overdue { id, deadline, last_seq } = overdue;
        let now = self.now().await?;
        let times = Times { created: now, first_answer: None, ended: now };
        let outcome = Outcome::of(Vec::new(), times, 0).ended_as(EndStatus::Failed, "its record was lost");
        self.end(id, &outcome, Basis { answers: Some(0), last_seq, deadline }, None).await
    }
}
