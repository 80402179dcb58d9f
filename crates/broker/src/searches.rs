use contracts::{
    EpochMillis, SearchId, SearchStatus, SupplierCode,
    entry::{Fields, Job, JsonLine},
    names::{self, CONSUMER_GROUP, OPEN_SEARCHES, REQUESTED_STREAM, RESULTS_STREAM, record},
};
use redis::{FromRedisValue, ParsingError, Pipeline, Value};

use crate::{Broker, BrokerError, LOST_WITHIN, bulk::pieces, millis::millis, queue::Claim};

/// An answer to be stored: what stands in a [`contracts::entry::StoredAnswer`] but its place.
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
    /// They have these places in the story; `None` for a supplier that had answered already.
    Stored(Vec<Option<u64>>),
    /// The search has ended: no more is wanted.
    Ended,
    /// There is no record; [`Broker::create`] makes one if the search has not ended.
    Missing,
    /// Another worker has the job.
    NotOwner,
}

/// What became of a record that was to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there now, or was already.
    There,
    /// The search has ended, and its record has expired.
    Ended,
}

impl Broker {
    /// Submits a search in one round trip: notes its deadline, creates its record, and adds the job. The record expires
    /// only when the search has ended.
    ///
    /// No script is needed, as there is no condition; a transaction is: on a slow link the search could end at its
    /// deadline before the rest of it comes.
    pub async fn submit(&self, job: &Job) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        pipe.atomic();
        add_submission(&mut pipe, job);
        let pipe = &pipe;
        Ok(self.asked_twice(|mut connection| async move { pipe.exec_async(&mut connection).await }).await?)
    }

    /// Creates the record of a search that has none, if it still has none, from all the fields of its job. It names the
    /// claim that it is made by: whoever holds an earlier entry of this job is not its owner any more.
    pub async fn create(
        &self,
        id: SearchId,
        claim: &Claim,
        job: &Fields,
        deadline: EpochMillis,
    ) -> Result<Created, BrokerError> {
        let mut call = self.scripts.create.key(names::record_key(id));
        call.key(OPEN_SEARCHES).arg(id.to_string()).arg(deadline.0).arg(millis(LOST_WITHIN));
        call.arg(record::ENTRY).arg(claim.entry);
        record_fields(job.pairs(), |field, value| _ = call.arg(field).arg(value));
        let done: String = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(if done == "ended" { Created::Ended } else { Created::There })
    }

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

/// Adds what submits a search to a transaction: three commands.
pub(crate) fn add_submission(pipe: &mut Pipeline, job: &Job) {
    let fields = job.encode();
    let deadline = job.times.map_or(0, |times| times.deadline.0);
    pipe.cmd("ZADD").arg(OPEN_SEARCHES).arg(deadline).arg(job.search_id.to_string());
    pipe.cmd("HSET").arg(names::record_key(job.search_id));
    record_fields(pairs(&fields), |field, value| _ = pipe.arg(field).arg(value));
    pipe.cmd("XADD").arg(REQUESTED_STREAM).arg("*").arg(&fields);
}

/// The fields of an encoded job.
pub(crate) fn pairs<'a>(job: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    job.iter().map(|(field, value)| (field.as_bytes(), value.as_bytes()))
}

/// The fields a new record starts with: the job's, and where it stands.
pub(crate) fn record_fields<'a>(
    job: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    mut add: impl FnMut(&[u8], &[u8]),
) {
    add(record::STATUS.as_bytes(), SearchStatus::Processing.as_str().as_bytes());
    add(record::SEQ.as_bytes(), b"0");
    for (field, value) in job.filter(|(field, _)| *field != names::field::SEARCH_ID.as_bytes()) {
        add(field, value);
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
