use contracts::{
    EndStatus, EpochMillis, SearchId, SearchStatus, SupplierCode,
    entry::{Job, JsonLine},
    names::{self, CANCELLED_STREAM, CONSUMER_GROUP, REQUESTED_STREAM, RESULTS_STREAM, record},
    outcome::Outcome,
};
use redis::{FromRedisValue, ParsingError, Pipeline, Value};

use crate::{Broker, BrokerError, EntryId, bulk::pieces, millis::millis};

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
    /// There is no record; [`Broker::create`] makes one.
    Missing,
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
}

impl Ending {
    /// The end of a search with this outcome, made of the first `made_of` answers of its story.
    #[must_use]
    pub fn new(outcome: &Outcome, made_of: u64) -> Self {
        // Offers and details are plain data: writing them can't fail.
        let results = JsonLine::of(&outcome.offers).unwrap_or_else(|_| JsonLine::empty_array());
        let details = JsonLine::of(&outcome.details).ok();
        Self { status: outcome.status, results, details, made_of: Some(made_of), seen: made_of }
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
    /// Nothing was done: the story is longer than what the end was made of. Read it and try again.
    Stale,
}

impl Broker {
    /// Submits a search, in one round trip.
    pub async fn submit(&self, job: &Job) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        self.write_submission(job, &mut pipe);
        let pipe = &pipe;
        Ok(self.asked_twice(|mut connection| async move { pipe.exec_async(&mut connection).await }).await?)
    }

    /// Writes a submission into a pipeline: creates the search's record, then adds the job.
    ///
    /// No script is needed: in this order a torn write is harmless. A record without a job ends at its deadline,
    /// and its client has had no answer.
    pub(crate) fn write_submission(&self, job: &Job, pipe: &mut Pipeline) {
        let key = names::record_key(job.search_id);
        let fields = job.encode();
        pipe.cmd("HSET").arg(&key);
        record_fields(&fields, |field, value| _ = pipe.arg(field).arg(value));
        pipe.cmd("PEXPIRE").arg(&key).arg(self.expiry(job));
        pipe.cmd("XADD").arg(REQUESTED_STREAM).arg("*").arg(&fields);
    }

    /// Creates the record of a job that has none, if it still has none.
    pub async fn create(&self, job: &Job) -> Result<(), BrokerError> {
        let mut call = self.scripts.create.key(names::record_key(job.search_id));
        call.arg(self.expiry(job));
        record_fields(&job.encode(), |field, value| _ = call.arg(field).arg(value));
        let _created: u8 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    /// How long the record of a running search lives, in milliseconds: past its deadline for as long as an ended
    /// one, so that it can't be gone before its search has ended.
    pub(crate) fn expiry(&self, job: &Job) -> u64 {
        let running =
            job.times.map_or_else(Default::default, |times| times.deadline.since(EpochMillis::now()));
        millis(self.retention.record + running)
    }

    /// Stores suppliers' answers and announces them, each at most once per supplier and none after the end.
    pub async fn answer(&self, id: SearchId, answers: &[NewAnswer]) -> Result<Stored, BrokerError> {
        let mut places = Vec::with_capacity(answers.len());
        for (answers, bytes) in pieces(answers, NewAnswer::bytes) {
            match self.answer_at_once(id, answers, bytes).await? {
                Stored::Stored(more) => places.extend(more),
                other => return Ok(other),
            }
        }
        Ok(Stored::Stored(places))
    }

    async fn answer_at_once(
        &self,
        id: SearchId,
        answers: &[NewAnswer],
        bytes: usize,
    ) -> Result<Stored, BrokerError> {
        let mut call = self.scripts.answer.key(names::record_key(id));
        call.key(RESULTS_STREAM).arg(id.to_string()).arg(millis(self.retention.news));
        for NewAnswer { code, of, report, offers } in answers {
            call.arg(code.as_str()).arg(of).arg(report.as_str()).arg(offers.as_str());
        }
        let call = &call;
        Ok(self.bulk.ask(bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await }).await?)
    }

    /// Ends a search, if it has not ended, and announces it. If `job` is the entry of its job, that is done with
    /// in any case but [`Finished::Stale`].
    pub async fn finish(
        &self,
        id: SearchId,
        ending: &Ending,
        job: Option<EntryId>,
    ) -> Result<Finished, BrokerError> {
        self.end(id, ending, job, true).await
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
        job: Option<EntryId>,
        announce: bool,
    ) -> Result<Finished, BrokerError> {
        let mut call = self.scripts.finish.key(names::record_key(id));
        call.key(RESULTS_STREAM).key(REQUESTED_STREAM).key(CANCELLED_STREAM);
        call.arg(id.to_string()).arg(ending.status.as_str()).arg(ending.results.as_str());
        call.arg(ending.details.as_ref().map_or("", JsonLine::as_str));
        call.arg(ending.made_of.map(|seq| seq.to_string()).unwrap_or_default()).arg(ending.seen + 1);
        call.arg(u8::from(announce)).arg(job.map(|entry| entry.to_string()).unwrap_or_default());
        call.arg(CONSUMER_GROUP).arg(millis(self.retention.record)).arg(millis(self.retention.news));
        let call = &call;
        let bytes = ending.results.as_str().len();
        Ok(self.bulk.ask(bytes, |mut bulk| async move { call.invoke_async(&mut bulk).await }).await?)
    }
}

/// The fields a new record starts with: the job's, and where it stands.
fn record_fields(job: &[(&'static str, String)], mut add: impl FnMut(&str, &str)) {
    add(record::STATUS, SearchStatus::Processing.as_str());
    add(record::SEQ, "0");
    for (field, value) in job.iter().filter(|(field, _)| *field != names::field::SEARCH_ID) {
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
            "stale" => Ok(Self::Stale),
            _ => {
                let status = status.parse().ok().and_then(SearchStatus::end);
                Ok(Self::Already { seq, status: status.unwrap_or(EndStatus::Completed) })
            }
        }
    }
}
