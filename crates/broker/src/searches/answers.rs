use contracts::{
    SearchId, SupplierCode, SupplierStatus,
    entry::{EncodedOffers, Encoding, JsonLine, StoredOneWays},
    names::{self, CONSUMER_GROUP, REQUESTED_STREAM, RESULTS_STREAM},
    outcome::Answer,
};
use redis::{FromRedisValue, ParsingError, Value};
use traces::Span;

use crate::{
    Broker, BrokerError, connection::bulk::chunks, jobs::Claim, metrics::Operation, millis::millis,
    searches::spans,
};

/// An answer to store: a [`contracts::entry::StoredAnswer`] without its sequence number.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    /// The supplier.
    pub code: SupplierCode,
    /// How many suppliers the search asks.
    pub of: u32,
    /// The supplier's report, an object.
    pub report: JsonLine,
    /// Its offers.
    pub offers: EncodedOffers,
    /// What its pairs are made of, if it sells only one way. Stored, but not announced: only the end needs them.
    pub one_ways: Option<StoredOneWays>,
    /// Whether it was asked. One that was skipped, or whose circuit breaker is open, is not the first to answer.
    pub asked: bool,
}

impl NewAnswer {
    /// Encodes an answer of one of `of` suppliers.
    #[must_use]
    pub fn of(answer: &Answer, of: u32, encoding: Encoding) -> Self {
        let Answer { report, offers, one_ways } = answer;
        Self {
            code: report.code.clone(),
            of,
            // Writing can't fail: a report is plain data.
            report: JsonLine::of(report).unwrap_or_else(|_| JsonLine::empty_object()),
            offers: EncodedOffers::of(offers, encoding),
            one_ways: one_ways.as_deref().map(StoredOneWays::of),
            asked: !matches!(report.status, SupplierStatus::Skipped | SupplierStatus::Unavailable),
        }
    }

    fn bytes(&self) -> usize {
        self.report.as_str().len() + self.offers.as_bytes().len() + self.one_ways_bytes().len()
    }

    /// Empty without any.
    fn one_ways_bytes(&self) -> &[u8] {
        self.one_ways.as_ref().map_or(&[], StoredOneWays::as_bytes)
    }
}

/// The result of storing answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The sequence number of each answer, or `None` if that supplier's answer was stored before.
    Stored(Vec<Option<u64>>),
    /// The search has ended. Nothing was stored.
    Ended,
    /// The search has no record. [`Broker::create`] creates one, unless the search has ended.
    Missing,
    /// Another worker has the job. Nothing was stored.
    NotOwner,
}

impl Broker {
    /// Stores suppliers' answers and adds them to the result log: one per supplier, and none after the search has
    /// ended. `above` is the span that this happens in.
    pub async fn answer(
        &self,
        id: SearchId,
        claim: &Claim,
        answers: &[NewAnswer],
        above: &Span,
    ) -> Result<Stored, BrokerError> {
        let mut seqs = Vec::with_capacity(answers.len());
        for (answers, bytes) in chunks(answers, NewAnswer::bytes) {
            let mut span = spans::answer(above, id, answers.len(), bytes);
            let stored = self.answer_chunk(id, claim, answers, bytes, &span).await;
            note(&mut span, &stored);
            match stored? {
                Stored::Stored(more) => {
                    let duplicates = more.iter().filter(|seq| seq.is_none()).count();
                    self.metrics.searches.duplicate_answers(duplicates);
                    seqs.extend(more);
                }
                other => return Ok(other),
            }
        }
        Ok(Stored::Stored(seqs))
    }

    async fn answer_chunk(
        &self,
        id: SearchId,
        claim: &Claim,
        answers: &[NewAnswer],
        bytes: usize,
        span: &Span,
    ) -> Result<Stored, BrokerError> {
        let mut call = self.scripts.answer.key(names::record_key(id));
        call.key(RESULTS_STREAM).key(REQUESTED_STREAM);
        call.arg(id.to_string()).arg(millis(self.retention.result_log));
        call.arg(CONSUMER_GROUP).arg(&*claim.consumer).arg(claim.entry);
        call.arg(self.longest_in_log());
        let trace = spans::fields(span);
        call.arg(trace.len() * 2).arg(&trace);
        for answer in answers {
            let NewAnswer { code, of, report, offers, one_ways: _, asked } = answer;
            call.arg(code.as_str()).arg(of).arg(report.as_str()).arg(offers.as_bytes());
            call.arg(u8::from(*asked)).arg(answer.one_ways_bytes());
        }
        let call = &call;
        Ok(self
            .bulk
            .request(Operation::Answer, bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await })
            .await?)
    }
}

/// Notes in the span what became of the answers.
fn note(span: &mut Span, stored: &Result<Stored, BrokerError>) {
    let result = match stored {
        Ok(Stored::Stored(seqs)) => {
            let duplicates = seqs.iter().filter(|seq| seq.is_none()).count();
            span.set("flight_search.duplicates", spans::count(duplicates));
            "stored"
        }
        Ok(Stored::Ended) => "ended",
        Ok(Stored::Missing) => "missing",
        Ok(Stored::NotOwner) => "not_owner",
        Err(error) => return span.fail(error.kind()),
    };
    span.set("flight_search.result", result);
}

impl FromRedisValue for Stored {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let mut parts = Vec::<Value>::from_redis_value(value)?.into_iter();
        let state: String = redis::from_redis_value(parts.next().unwrap_or(Value::Nil))?;
        match state.as_str() {
            "missing" => Ok(Self::Missing),
            "ended" => Ok(Self::Ended),
            "not owner" => Ok(Self::NotOwner),
            _ => parts
                .map(|seq| u64::from_redis_value(seq).map(|seq| (seq > 0).then_some(seq)))
                .collect::<Result<_, _>>()
                .map(Self::Stored),
        }
    }
}
