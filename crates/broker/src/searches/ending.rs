//! The end of a search: whoever ends it, and for whatever reason, it goes through [`Broker::end`].

use contracts::{
    EpochMillis, SearchId,
    entry::{JsonLine, StoredEnd},
    names::{self, CANCELLED_STREAM, CONSUMER_GROUP, OPEN_SEARCHES, REQUESTED_STREAM, RESULTS_STREAM},
    outcome::{Outcome, Times},
};
use redis::{FromRedisValue, ParsingError, Value};

use crate::{
    Broker, BrokerError, SearchRecord,
    jobs::Claim,
    millis::millis,
    searches::{LOST_WITHIN, reading::Found},
};

/// What is known of a search that is to end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Basis {
    /// How many answers the outcome was made of. If the record has more, it does not end yet. `None` if the answers
    /// don't matter.
    pub answers: Option<u64>,
    /// The highest sequence number that any of its events is known to have had; that of the terminal event is higher.
    pub last_seq: u64,
    /// Its deadline, if it is known. It tells a record that was lost from one that has expired; without it, a search
    /// without a record ends only while it is among the open ones.
    pub deadline: Option<EpochMillis>,
}

impl Basis {
    /// An end that is made of this many answers, which are all there are.
    #[must_use]
    pub fn answers(number: u64) -> Self {
        Self { answers: Some(number), last_seq: number, deadline: None }
    }
}

/// What became of a search that was to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has ended now.
    Now {
        /// The sequence number of its terminal event.
        seq: u64,
    },
    /// It had ended before.
    Before,
    /// It has no record and is not open: it had ended, or there never was such a search.
    Gone,
    /// Nothing was done: another worker has the job.
    NotOwner,
}

impl Broker {
    /// Ends a search with this outcome and announces it, unless it has ended. A worker does that by its claim to the
    /// job, which is then done. `None` if the record has more answers than the outcome was made of: nothing was done.
    pub async fn end(
        &self,
        id: SearchId,
        outcome: &Outcome,
        basis: Basis,
        claim: Option<&Claim>,
    ) -> Result<Option<Ended>, BrokerError> {
        // Offers and details are plain data: writing them can't fail.
        let results = JsonLine::of(&outcome.offers).unwrap_or_else(|_| JsonLine::empty_array());
        let end = StoredEnd { status: outcome.status, results, details: JsonLine::of(&outcome.details).ok() };
        let ended = self.run_end(id, &end, basis, claim, true).await?;
        if let Some(Ended::Now { .. }) = ended {
            log(id, outcome);
        }
        Ok(ended)
    }

    /// Ends a search with the answers that its record has, unless it has ended. `shape` may change the outcome that
    /// follows from them. A worker does that by its claim to the job, which is then done.
    ///
    /// A record that can't be read ends with no offers: nobody could ever say more.
    pub async fn end_with_record(
        &self,
        id: SearchId,
        max_results: usize,
        claim: Option<&Claim>,
        shape: impl Fn(Outcome, &SearchRecord) -> Outcome,
    ) -> Result<Ended, BrokerError> {
        loop {
            let (outcome, basis) = match self.find(id).await? {
                Found::Nothing => return Ok(Ended::Gone),
                Found::Malformed => {
                    let now = self.now().await?;
                    let times = Times { created: now, first_answer: None, ended: now };
                    let outcome =
                        Outcome::of(Vec::new(), times, max_results).because("its record can't be read");
                    (outcome, Basis::default())
                }
                Found::Record(record) => {
                    let outcome = shape(record.outcome_now(max_results, self.now().await?), &record);
                    // Called for an ended search too: its job may still be there. Its end is no answer: should Redis
                    // lose it by now, an answer that was stored since is not to be taken for it.
                    let answers = record.seq - u64::from(record.end.is_some()).min(record.seq);
                    (outcome, Basis { deadline: record.deadline, ..Basis::answers(answers) })
                }
            };
            // `None`: an answer came in between, which this end must hold too. There are only so many suppliers.
            if let Some(ended) = self.end(id, &outcome, basis, claim).await? {
                return Ok(ended);
            }
        }
    }

    /// Ends a search as the replaced system announced it, so that late clients find it in the record. It is not
    /// announced again: that system's consumers would see the search end twice.
    pub async fn end_as_announced(&self, id: SearchId, end: &StoredEnd) -> Result<Ended, BrokerError> {
        let ended = self.run_end(id, end, Basis::default(), None, false).await?;
        if let Some(Ended::Now { .. }) = ended {
            tracing::info!(search_id = %id, status = %end.status, "search ended");
        }
        // Without a number of answers no end is stale.
        Ok(ended.unwrap_or(Ended::Before))
    }

    async fn run_end(
        &self,
        id: SearchId,
        end: &StoredEnd,
        basis: Basis,
        claim: Option<&Claim>,
        announce: bool,
    ) -> Result<Option<Ended>, BrokerError> {
        let StoredEnd { status, results, details } = end;
        let Basis { answers, last_seq, deadline } = basis;
        let mut call = self.scripts.end.key(names::record_key(id));
        call.key(RESULTS_STREAM).key(REQUESTED_STREAM).key(CANCELLED_STREAM).key(OPEN_SEARCHES);
        call.arg(id.to_string()).arg(status.as_str()).arg(results.as_str());
        call.arg(details.as_ref().map_or("", JsonLine::as_str));
        call.arg(answers.map(|answers| answers.to_string()).unwrap_or_default()).arg(last_seq + 1);
        call.arg(u8::from(announce)).arg(CONSUMER_GROUP).arg(claim.map_or("", |claim| &*claim.consumer));
        call.arg(claim.map(|claim| claim.entry.to_string()).unwrap_or_default());
        call.arg(millis(self.retention.record)).arg(millis(self.retention.news));
        call.arg(deadline.map(|at| at.to_string()).unwrap_or_default()).arg(millis(LOST_WITHIN));
        let call = &call;
        let bytes = results.as_str().len();
        let Reply(ended) =
            self.bulk.ask(bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await }).await?;
        Ok(ended)
    }
}

/// The one line that says that a search has ended.
fn log(id: SearchId, outcome: &Outcome) {
    let Outcome { status, details, .. } = outcome;
    tracing::info!(
        search_id = %id,
        %status,
        offers = details.total,
        first_answer_ms = details.first_answer_ms,
        elapsed_ms = details.elapsed_ms,
        reason = details.reason,
        "search ended"
    );
}

/// What the script `end` says; `None` for `stale`.
struct Reply(Option<Ended>);

impl FromRedisValue for Reply {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (outcome, seq): (String, u64) = redis::from_redis_value(value)?;
        Ok(Self(match outcome.as_str() {
            "now" => Some(Ended::Now { seq }),
            "gone" => Some(Ended::Gone),
            "stale" => None,
            "not owner" => Some(Ended::NotOwner),
            _ => Some(Ended::Before),
        }))
    }
}

impl SearchRecord {
    /// What the search would end with if it ended at `ended`.
    #[must_use]
    pub fn outcome_now(&self, max_results: usize, ended: EpochMillis) -> Outcome {
        let answers = self.answers.iter().filter_map(|(code, answer)| {
            answer
                .parse()
                .inspect_err(
                    |error| tracing::warn!(supplier = %code, %error, "a record's answer is malformed"),
                )
                .ok()
        });
        let times = Times { created: self.created.unwrap_or(ended), first_answer: self.first_answer, ended };
        Outcome::of(answers.collect(), times, max_results)
    }
}
