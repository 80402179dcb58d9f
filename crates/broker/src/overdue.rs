//! Ends searches that are past their deadline. Whoever works on one ends it by then; this is for those that nobody works
//! on, because they wait, or because their workers have died. Every worker and every gateway does it, so that it is
//! done as long as any of them lives, whether or not somebody follows the search.

use std::time::Duration;

use contracts::{
    EndStatus, EpochMillis, SearchId, SupplierListing,
    names::OPEN_SEARCHES,
    outcome::{Outcome, Times},
};
use futures_util::{StreamExt, stream};
use redis::AsyncCommands;
use tokio::time::Instant;

use crate::{Broker, BrokerError, Concluded, EndedNow, Ending, Finished, SearchRecord, millis::millis};

/// How long behind its deadline a search counts as overdue: whoever works on it has ended it by then, with all there is.
const LEEWAY: Duration = Duration::from_millis(500);
/// How long nobody's search is ended after Redis was away: those who have answers in hand store them first.
const PATIENCE: Duration = Duration::from_secs(2);
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
    /// The last place that any event of it is known to have had.
    pub seen: u64,
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
    patient_until: Instant,
}

impl Reaper {
    /// One that ends searches by these limits.
    #[must_use]
    pub fn new(broker: Broker, limits: Limits) -> Self {
        Self { broker, limits, patient_until: Instant::now() }
    }

    /// Ends the overdue searches among the open ones, and `further` ones, and gives those that have ended by now.
    /// `asked` gives the suppliers that a search asks: those that have not answered are told as timed out.
    ///
    /// A failure that will pass is given back; of the others, each search's own, the search is given up.
    pub async fn round(
        &mut self,
        further: impl IntoIterator<Item = Overdue>,
        asked: impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Vec<(SearchId, Concluded)>, BrokerError> {
        let ended = self.end_all(further.into_iter().collect(), &asked).await;
        if ended.is_err() {
            self.patient_until = Instant::now() + PATIENCE;
        }
        ended
    }

    async fn end_all(
        &self,
        mut overdue: Vec<Overdue>,
        asked: &impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Vec<(SearchId, Concluded)>, BrokerError> {
        let mut ended = Vec::new();
        loop {
            let found = self.found().await?;
            if Instant::now() < self.patient_until {
                return Ok(ended);
            }
            overdue.retain(|further| !found.contains(&further.id));
            overdue.extend(found.iter().map(|id| Overdue { id: *id, deadline: None, seen: 0 }));
            let ends = stream::iter(overdue.drain(..)).map(|overdue| self.end(overdue, asked));
            let ends: Vec<_> = ends.buffer_unordered(ENDED_AT_ONCE).collect().await;
            for end in ends {
                ended.extend(end?);
            }
            // Each that was found is no longer among the open ones: the next look finds others.
            if found.len() < FOUND_AT_ONCE {
                return Ok(ended);
            }
        }
    }

    async fn found(&self) -> Result<Vec<SearchId>, BrokerError> {
        let mut call = self.broker.scripts.overdue.key(OPEN_SEARCHES);
        call.arg(millis(LEEWAY)).arg(millis(self.limits.longest + LEEWAY)).arg(FOUND_AT_ONCE);
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
    ) -> Result<Option<(SearchId, Concluded)>, BrokerError> {
        match self.broker.expire(overdue, self.limits.max_results, asked).await {
            Ok(concluded) => Ok(Some((overdue.id, concluded))),
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
    /// The point in time before which a search's deadline must lie for it to be overdue.
    pub async fn overdue_before(&self) -> Result<EpochMillis, BrokerError> {
        Ok(EpochMillis(self.now().await?.0.saturating_sub(millis(LEEWAY))))
    }

    /// Ends an overdue search with what its record holds; without a record as `failed`, unless that shows that it had
    /// ended. `asked` is as in [`Reaper::round`].
    pub async fn expire(
        &self,
        overdue: Overdue,
        max_results: usize,
        asked: impl Fn(&SearchRecord) -> Vec<SupplierListing>,
    ) -> Result<Concluded, BrokerError> {
        let shape =
            |outcome: Outcome, record: &SearchRecord| outcome.with_silent(asked(record)).because("deadline");
        let concluded = loop {
            match self.conclude(overdue.id, max_results, None, shape).await? {
                Concluded::Unknown => {}
                concluded => break concluded,
            }
            if let Some(concluded) = self.fail_lost(overdue).await? {
                break concluded;
            }
        };
        if let Concluded::Now(ended) = &concluded {
            ended.log(overdue.id);
        }
        Ok(concluded)
    }

    /// Ends a search that has no record; `None` if it has one again by now.
    async fn fail_lost(&self, overdue: Overdue) -> Result<Option<Concluded>, BrokerError> {
        let Overdue { id, deadline, seen } = overdue;
        let now = self.now().await?;
        let times = Times { created: now, first_answer: None, ended: now };
        let outcome = Outcome::of(Vec::new(), times, 0).ended_as(EndStatus::Failed, "its record was lost");
        let ending = Ending { seen, deadline, ..Ending::new(&outcome, 0) };
        Ok(match self.finish(id, &ending, None).await? {
            Finished::First { seq } => Some(Concluded::Now(EndedNow { seq, outcome })),
            Finished::Already { .. } => Some(Concluded::Before),
            Finished::Gone => Some(Concluded::Unknown),
            // A worker that has it in hand has made the record anew, and stored what it holds.
            Finished::Stale | Finished::NotOwner => None,
        })
    }
}
