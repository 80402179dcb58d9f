use contracts::{
    SearchId, SupplierCode,
    entry::JsonLine,
    names::{self, CONSUMER_GROUP, REQUESTED_STREAM, RESULTS_STREAM},
};
use redis::{FromRedisValue, ParsingError, Value};

use crate::{Broker, BrokerError, connection::bulk::pieces, jobs::Claim, millis::millis};

/// An answer to store: a [`contracts::entry::StoredAnswer`] without its sequence number.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    /// Who answered.
    pub code: SupplierCode,
    /// How many suppliers are asked.
    pub of: usize,
    /// The supplier's report, an object.
    pub report: JsonLine,
    /// Its offers, an array.
    pub offers: JsonLine,
}

impl NewAnswer {
    fn bytes(&self) -> usize {
        self.report.as_str().len() + self.offers.as_str().len()
    }
}

/// What became of answers that were to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Their sequence numbers; `None` for a supplier that had answered already.
    Stored(Vec<Option<u64>>),
    /// The search has ended: no more is wanted.
    Ended,
    /// There is no record; [`Broker::create`] makes one if the search has not ended.
    Missing,
    /// Another worker has the job.
    NotOwner,
}

impl Broker {
    /// Stores suppliers' answers and announces them, each at most once per supplier and none after the end. Only for
    /// the worker that has the job.
    pub async fn answer(
        &self,
        id: SearchId,
        claim: &Claim,
        answers: &[NewAnswer],
    ) -> Result<Stored, BrokerError> {
        let mut places = Vec::with_capacity(answers.len());
        for (answers, bytes) in pieces(answers, NewAnswer::bytes) {
            match self.answer_at_once(id, claim, answers, bytes).await? {
                Stored::Stored(more) => places.extend(more),
                other => return Ok(other),
            }
        }
        Ok(Stored::Stored(places))
    }

    async fn answer_at_once(
        &self,
        id: SearchId,
        claim: &Claim,
        answers: &[NewAnswer],
        bytes: usize,
    ) -> Result<Stored, BrokerError> {
        let mut call = self.scripts.answer.key(names::record_key(id));
        call.key(RESULTS_STREAM).key(REQUESTED_STREAM);
        call.arg(id.to_string()).arg(millis(self.retention.news));
        call.arg(CONSUMER_GROUP).arg(&*claim.consumer).arg(claim.entry);
        for NewAnswer { code, of, report, offers } in answers {
            call.arg(code.as_str()).arg(of).arg(report.as_str()).arg(offers.as_str());
        }
        let call = &call;
        Ok(self.bulk.ask(bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await }).await?)
    }
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
