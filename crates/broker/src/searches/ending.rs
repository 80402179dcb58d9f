//! Ends searches.

use contracts::{
    EndStatus, EpochMillis, SearchId, SupplierStatus,
    entry::{EncodedDetails, EncodedOffers, JsonLine, StoredEnd, flat_results},
    names::{self, CANCELLED_STREAM, CONSUMER_GROUP, OPEN_SEARCHES, REQUESTED_STREAM, RESULTS_STREAM},
    outcome::{Outcome, Ranking, Times},
};
use redis::{FromRedisValue, ParsingError, Value};
use traces::Span;

use crate::{
    Broker, BrokerError, SearchRecord,
    jobs::Claim,
    metrics::{Operation, reason},
    millis::millis,
    searches::{MIN_RECORD_LIFE, reading::Found, spans},
};

/// What the caller knows of a search that it ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Basis {
    /// How many answers the outcome includes. If the record has more, the search does not end. `None` to end it
    /// anyway.
    pub answers: Option<u64>,
    /// The highest known sequence number of its events. The terminal event gets a higher one.
    pub last_seq: u64,
    /// The deadline, if known. If there is no record, it shows whether that was lost or has expired. Without a
    /// deadline, a search without a record ends only if it is an open search.
    pub deadline: Option<EpochMillis>,
}

impl Basis {
    /// The outcome includes all answers, this many.
    #[must_use]
    pub fn answers(number: u64) -> Self {
        Self { answers: Some(number), last_seq: number, deadline: None }
    }
}

/// The result of ending a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// This call ended the search.
    Now {
        /// The sequence number of its terminal event.
        seq: u64,
    },
    /// The search had ended before.
    Before,
    /// The search has no record and is not open: it ended long ago or never existed.
    Gone,
    /// Another worker has the job. The search did not end.
    NotOwner,
}

impl Broker {
    /// Ends a search with `outcome` and adds that to the result log, unless the search has ended. A worker passes its
    /// claim; its job is then deleted. `None` if the record has more answers than the outcome includes: the search did
    /// not end. `above` is the span that this happens in.
    ///
    /// Every end of a search goes through this method, except those that the replaced system announced.
    pub async fn end(
        &self,
        id: SearchId,
        outcome: &Outcome,
        basis: Basis,
        claim: Option<&Claim>,
        above: &Span,
    ) -> Result<Option<Ended>, BrokerError> {
        let encoding = self.encoding();
        let offers = EncodedOffers::of(&outcome.offers, encoding);
        let flat = || flat_results(&outcome.offers, claim.is_some_and(|claim| claim.is_foreign));
        let flat = offers.is_compressed().then(flat);
        let details = EncodedDetails::of(&outcome.details, encoding);
        let (offers, details) = (offers.as_bytes(), Some(details.as_bytes()));
        let end = EndToStore { status: outcome.status, offers, flat, details };
        let mut span = spans::end(above, id, end.status, end.bytes());
        let ended = self.run_end_script(id, &end, basis, claim, Announce::Yes(&span)).await;
        note(&mut span, &ended);
        let ended = ended?;
        match ended {
            Some(Ended::Now { .. }) => {
                log(id, outcome, claim, &span);
                self.metrics.searches.ended(id, outcome, &span);
            }
            Some(Ended::Before) => self.metrics.searches.duplicate_end(),
            _ => {}
        }
        Ok(ended)
    }

    /// Like [`end`](Self::end), with an outcome from the answers in the record, which `adjust` may change.
    ///
    /// A search whose record can't be read ends without offers. The end is part of the trace in the record.
    pub async fn end_with_record(
        &self,
        id: SearchId,
        max_results: usize,
        claim: Option<&Claim>,
        adjust: impl Fn(Outcome, &SearchRecord) -> Outcome,
    ) -> Result<Ended, BrokerError> {
        loop {
            let (outcome, basis, trace) = match self.find(id).await? {
                Found::Nothing => return Ok(Ended::Gone),
                Found::Malformed => {
                    let now = self.now().await?;
                    let times = Times { created: now, first_answer: None, ended: now };
                    let outcome = Outcome::of(Vec::new(), times, Ranking::default())
                        .with_reason(reason::RECORD_UNREADABLE_TEXT);
                    (outcome, Basis::default(), None)
                }
                Found::Record(record) => {
                    let outcome = adjust(record.outcome_now(max_results, self.now().await?), &record);
                    // Also for a search that has ended, to delete its job. Don't count its terminal event as an
                    // answer: if Redis loses the end meanwhile, and stores another answer, that would go unnoticed.
                    let answers = record.seq - u64::from(record.end.is_some()).min(record.seq);
                    (outcome, Basis { deadline: record.deadline, ..Basis::answers(answers) }, record.trace)
                }
            };
            // `None`: an answer was stored meanwhile. Try again, as often as there are suppliers.
            let above = self.tracer.above(trace.as_ref());
            if let Some(ended) = self.end(id, &outcome, basis, claim, &above).await? {
                return Ok(ended);
            }
        }
    }

    /// Stores an end that the replaced system announced, so that late clients find it in the record. Does not add it
    /// to the result log again.
    pub async fn end_as_announced(&self, id: SearchId, end: &StoredEnd) -> Result<Ended, BrokerError> {
        let StoredEnd { status, results, details } = end;
        let offers = results.json().as_str().as_bytes();
        let details = details.as_ref().map(|details| details.as_str().as_bytes());
        let to_store = EndToStore { status: *status, offers, flat: None, details };
        let ended = self.run_end_script(id, &to_store, Basis::default(), None, Announce::No).await?;
        if let Some(Ended::Now { .. }) = ended {
            tracing::info!(search_id = %id, status = %end.status, "search ended");
            self.metrics.searches.ended_as_announced(end.status);
        }
        // Never `None`: the number of answers is not checked.
        Ok(ended.unwrap_or(Ended::Before))
    }

    async fn run_end_script(
        &self,
        id: SearchId,
        end: &EndToStore<'_>,
        basis: Basis,
        claim: Option<&Claim>,
        announce: Announce<'_>,
    ) -> Result<Option<Ended>, BrokerError> {
        let EndToStore { status, offers, flat, details } = end;
        let Basis { answers, last_seq, deadline } = basis;
        let mut call = self.scripts.end.key(names::record_key(id));
        call.key(RESULTS_STREAM).key(REQUESTED_STREAM).key(CANCELLED_STREAM).key(OPEN_SEARCHES);
        let results = flat.as_ref().map_or(*offers, |flat| flat.as_str().as_bytes());
        call.arg(id.to_string()).arg(status.as_str()).arg(results);
        call.arg(details.unwrap_or_default());
        call.arg(answers.map(|answers| answers.to_string()).unwrap_or_default()).arg(last_seq + 1);
        call.arg(u8::from(matches!(announce, Announce::Yes(_))))
            .arg(CONSUMER_GROUP)
            .arg(claim.map_or("", |claim| &*claim.consumer));
        call.arg(claim.map(|claim| claim.entry.to_string()).unwrap_or_default());
        call.arg(millis(self.retention.record)).arg(millis(self.retention.result_log));
        call.arg(deadline.map(|at| at.to_string()).unwrap_or_default()).arg(millis(MIN_RECORD_LIFE));
        call.arg(if flat.is_some() { *offers } else { b"" }).arg(self.longest_in_log());
        if let Announce::Yes(span) = announce {
            call.arg(spans::fields(span));
        }
        let call = &call;
        let bytes = end.bytes();
        let Reply(ended) = self
            .bulk
            .request(Operation::End, bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await })
            .await?;
        Ok(ended)
    }
}

/// An end as it is written.
#[derive(Clone, Debug)]
struct EndToStore<'a> {
    status: EndStatus,
    /// The results.
    offers: &'a [u8],
    /// What consumers of the replaced system read instead, if they can't read those.
    flat: Option<JsonLine>,
    /// The further fields of the terminal event.
    details: Option<&'a [u8]>,
}

impl EndToStore<'_> {
    fn bytes(&self) -> usize {
        self.offers.len() + self.flat.as_ref().map_or(0, |flat| flat.as_str().len())
    }
}

/// Whether an end is added to the result log.
#[derive(Clone, Copy, Debug)]
enum Announce<'a> {
    /// Yes, by this span.
    Yes(&'a Span),
    /// No: it is there.
    No,
}

/// Notes in the span what became of the end.
fn note(span: &mut Span, ended: &Result<Option<Ended>, BrokerError>) {
    let result = match ended {
        Ok(Some(Ended::Now { seq })) => {
            span.set("flight_search.seq", i64::try_from(*seq).unwrap_or(i64::MAX));
            "now"
        }
        Ok(Some(Ended::Before)) => "before",
        Ok(Some(Ended::Gone)) => "gone",
        Ok(Some(Ended::NotOwner)) => "not_owner",
        Ok(None) => "stale",
        Err(error) => return span.fail(error.kind()),
    };
    span.set("flight_search.result", result);
}

/// Logs the end of a search: everything that one asks of it later. What only the worker with the job knows is missing if
/// another process ends the search.
fn log(id: SearchId, outcome: &Outcome, claim: Option<&Claim>, span: &Span) {
    let Outcome { status, details, .. } = outcome;
    let suppliers = |status: fn(SupplierStatus) -> bool| {
        let reports = details.suppliers.iter().filter(|report| !report.was_cut_off());
        reports.filter(|report| status(report.status)).count()
    };
    tracing::info!(
        search_id = %id,
        %status,
        reason = details.reason,
        offers = details.total,
        check = details.check.as_ref().map(|check| check.outcome.as_str()),
        suppliers_ok = suppliers(|status| matches!(status, SupplierStatus::Ok | SupplierStatus::Empty)),
        suppliers_failed = suppliers(|status| matches!(status, SupplierStatus::Timeout | SupplierStatus::Error)),
        suppliers_skipped = suppliers(|status| matches!(status, SupplierStatus::Unavailable | SupplierStatus::Skipped)),
        attempts = claim.map(|claim| claim.deliveries),
        queue_wait_ms = claim.map(|claim| millis(claim.queue_wait)),
        first_answer_ms = details.first_answer_ms,
        elapsed_ms = details.elapsed_ms,
        trace_id = span.trace_id().map(tracing::field::display),
        "search ended"
    );
}

/// The reply of `end.lua`; `None` for `stale`.
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
    /// The outcome if the search ended at `ended`.
    #[must_use]
    pub fn outcome_now(&self, max_results: usize, ended: EpochMillis) -> Outcome {
        let answers = self.answers.iter().filter_map(|(code, answer)| {
            answer
                .parse()
                .inspect_err(
                    |error| tracing::warn!(supplier = %code, %error, "a record's answer is malformed"),
                )
                .inspect(|parsed| {
                    if answer.one_ways.is_some() && parsed.one_ways.is_none() {
                        tracing::warn!(supplier = %code, "a record's one-ways are malformed");
                    }
                })
                .ok()
        });
        let times = Times { created: self.created.unwrap_or(ended), first_answer: self.first_answer, ended };
        // The answers tell each price in the search's currency.
        let currency = self.query.as_ref().and_then(|query| query.currency).unwrap_or_default();
        let ranking = Ranking { currency, max: max_results };
        Outcome::of(answers.collect(), times, ranking).with_check(self.check.as_deref())
    }
}
