use std::time::Duration;

use contracts::{
    EndStatus, EpochMillis, SearchId, SearchStatus, SupplierCode,
    entry::{Fields, Job, JsonLine},
    names::{
        self, CANCELLED_STREAM, CONSUMER_GROUP, OPEN_SEARCHES, REQUESTED_STREAM, RESULTS_STREAM, record,
    },
    outcome::Outcome,
};
use redis::{FromRedisValue, ParsingError, Pipeline, Value};

use crate::{Broker, BrokerError, bulk::pieces, millis::millis, queue::Claim};

/// How long behind its deadline a search without a record may still be one whose record Redis has lost. From then on it
/// has ended, and its record has expired. Long enough for a worker or a gateway to end it after Redis was away.
const LOST_WITHIN: Duration = Duration::from_secs(10);

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

/// The end that a search is to have.
#[derive(Clone, Debug)]
pub struct Ending {
    /// How it ends.
    pub status: EndStatus,
    /// The merged offers, an array.
    pub results: JsonLine,
    /// The terminal event's further fields, an object.
    pub details: Option<JsonLine>,
    /// How many answers `results` was made of, which is how far the story was if they are all of it: places count
    /// from 1 without holes. `None` if the answers don't matter.
    pub made_of: Option<u64>,
    /// The last place that any event of this search is known to have had. Counts where Redis lost the record.
    pub seen: u64,
    /// The search's deadline, if it is known. It tells a record that was lost from one that has expired; without it, a
    /// search without a record ends only while it is among the open ones.
    pub deadline: Option<EpochMillis>,
}

impl Ending {
    /// The end of a search with this outcome, made of the first `made_of` answers of its story.
    #[must_use]
    pub fn new(outcome: &Outcome, made_of: u64) -> Self {
        // Offers and details are plain data: writing them can't fail.
        let results = JsonLine::of(&outcome.offers).unwrap_or_else(|_| JsonLine::empty_array());
        let details = JsonLine::of(&outcome.details).ok();
        Self {
            status: outcome.status,
            results,
            details,
            made_of: Some(made_of),
            seen: made_of,
            deadline: None,
        }
    }
}

/// What became of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The search has ended so, with a terminal event at this place.
    First {
        /// The place.
        seq: u64,
    },
    /// It had ended before, like this.
    Already {
        /// The place of its terminal event.
        seq: u64,
        /// How it had ended.
        status: EndStatus,
    },
    /// It had ended before, and its record has expired since.
    Gone,
    /// Nothing was done: the story is longer than what the end was made of. Read it and try again.
    Stale,
    /// Nothing was done: another worker has the job.
    NotOwner,
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

    /// Creates the record of a search that has none, if it still has none, from all the fields of its job.
    pub async fn create(
        &self,
        id: SearchId,
        job: &Fields,
        deadline: EpochMillis,
    ) -> Result<Created, BrokerError> {
        let mut call = self.scripts.create.key(names::record_key(id));
        call.key(OPEN_SEARCHES).arg(id.to_string()).arg(deadline.0).arg(millis(LOST_WITHIN));
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

    /// Ends a search, if it has not ended, and announces it. A worker does that by its claim to the job, which is then
    /// done, unless nothing was.
    pub async fn finish(
        &self,
        id: SearchId,
        ending: &Ending,
        claim: Option<&Claim>,
    ) -> Result<Finished, BrokerError> {
        self.end(id, ending, claim, true).await
    }

    /// Takes over the end that the replaced system announced, so that late clients find it in the record. It is
    /// not announced again: its consumers would see the search end twice.
    pub async fn adopt(&self, id: SearchId, ending: &Ending) -> Result<Finished, BrokerError> {
        self.end(id, ending, None, false).await
    }

    async fn end(
        &self,
        id: SearchId,
        ending: &Ending,
        claim: Option<&Claim>,
        announce: bool,
    ) -> Result<Finished, BrokerError> {
        let mut call = self.scripts.finish.key(names::record_key(id));
        call.key(RESULTS_STREAM).key(REQUESTED_STREAM).key(CANCELLED_STREAM).key(OPEN_SEARCHES);
        call.arg(id.to_string()).arg(ending.status.as_str()).arg(ending.results.as_str());
        call.arg(ending.details.as_ref().map_or("", JsonLine::as_str));
        call.arg(ending.made_of.map(|seq| seq.to_string()).unwrap_or_default()).arg(ending.seen + 1);
        call.arg(u8::from(announce)).arg(CONSUMER_GROUP).arg(claim.map_or("", |claim| &*claim.consumer));
        call.arg(claim.map(|claim| claim.entry.to_string()).unwrap_or_default());
        call.arg(millis(self.retention.record)).arg(millis(self.retention.news));
        call.arg(ending.deadline.map(|at| at.to_string()).unwrap_or_default()).arg(millis(LOST_WITHIN));
        let call = &call;
        let bytes = ending.results.as_str().len();
        Ok(self.bulk.ask(bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await }).await?)
    }
}

/// Adds what submits a search to a transaction: three commands.
pub(crate) fn add_submission(pipe: &mut Pipeline, job: &Job) {
    let fields = job.encode();
    let deadline = job.times.map_or(0, |times| times.deadline.0);
    pipe.cmd("ZADD").arg(OPEN_SEARCHES).arg(deadline).arg(job.search_id.to_string());
    pipe.cmd("HSET").arg(names::record_key(job.search_id));
    let pairs = fields.iter().map(|(field, value)| (field.as_bytes(), value.as_bytes()));
    record_fields(pairs, |field, value| _ = pipe.arg(field).arg(value));
    pipe.cmd("XADD").arg(REQUESTED_STREAM).arg("*").arg(&fields);
}

/// The fields a new record starts with: the job's, and where it stands.
fn record_fields<'a>(job: impl Iterator<Item = (&'a [u8], &'a [u8])>, mut add: impl FnMut(&[u8], &[u8])) {
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

impl FromRedisValue for Finished {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (outcome, seq, status): (String, u64, String) = redis::from_redis_value(value)?;
        match outcome.as_str() {
            "first" => Ok(Self::First { seq }),
            "gone" => Ok(Self::Gone),
            "stale" => Ok(Self::Stale),
            "not owner" => Ok(Self::NotOwner),
            _ => {
                let status = status.parse().ok().and_then(SearchStatus::end);
                Ok(Self::Already { seq, status: status.unwrap_or(EndStatus::Completed) })
            }
        }
    }
}
