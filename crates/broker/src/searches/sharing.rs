use std::time::Duration;

use contracts::{
    Fingerprint, IdempotencyKey, SearchId,
    entry::Job,
    names::{self, OPEN_SEARCHES, RECORD_PREFIX, REQUESTED_STREAM},
};
use redis::{FromRedisValue, ParsingError, ScriptInvocation, Value};

use crate::{
    Broker, BrokerError,
    millis::millis,
    searches::submit::{pairs, record_fields},
};

/// How long an idempotency key is remembered.
const KEY_REMEMBERED: Duration = Duration::from_hours(24);

/// What makes a POST the same as an earlier one.
#[derive(Clone, Debug)]
pub struct Sharing {
    /// What it asks for.
    pub fingerprint: Fingerprint,
    /// What its client named it by.
    pub key: Option<IdempotencyKey>,
    /// For how long a search is shared with equal ones; zero for never.
    pub window: Duration,
    /// Whether its client wants a search of its own, which equal ones may then share.
    pub fresh: bool,
    /// Whether a new search may be submitted if there is none to share.
    pub may_submit: bool,
}

/// What became of a search that was to be submitted unless it had been before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// It was submitted.
    New,
    /// Its idempotency key had been used for the same: this is the search.
    Again(SearchId),
    /// An equal search is young enough to be shared, and has neither failed nor been cancelled.
    Shared(SearchId),
    /// Its idempotency key had been used for something else.
    KeyReused,
    /// It would have been a new one, and none may be submitted now.
    Refused,
}

impl Broker {
    /// Submits a search unless an earlier one stands for it, in one round trip.
    ///
    /// Unlike [`submit`](Self::submit) this is a script: what it decides and what it writes must be one step, or
    /// two gateways would submit the same search twice. With the record and the job it also writes what names
    /// them, so no failure leaves one without the other.
    pub async fn submit_shared(&self, job: &Job, sharing: &Sharing) -> Result<Submission, BrokerError> {
        let call = &self.shared_submission(job, sharing);
        Ok(self.asked_twice(|mut connection| async move { call.invoke_async(&mut connection).await }).await?)
    }

    /// The call that does so.
    pub(crate) fn shared_submission(&self, job: &Job, sharing: &Sharing) -> ScriptInvocation<'_> {
        let mut call = self.scripts.submit_shared.key(names::record_key(job.search_id));
        call.key(REQUESTED_STREAM).key(OPEN_SEARCHES).key(names::youngest_key(sharing.fingerprint));
        if let Some(key) = &sharing.key {
            call.key(names::idempotency_key(key));
        }
        let share = !sharing.window.is_zero() && !sharing.fresh;
        call.arg(RECORD_PREFIX).arg(sharing.fingerprint.to_string()).arg(millis(sharing.window));
        call.arg(u8::from(share)).arg(millis(KEY_REMEMBERED)).arg(u8::from(sharing.may_submit));
        let deadline = job.times.map_or(0, |times| times.deadline.0);
        call.arg(millis(self.retention.record)).arg(deadline).arg(job.search_id.to_string());
        let job = job.encode();
        let mut record = Vec::with_capacity(job.len() * 2 + 2);
        record_fields(pairs(&job), |field, value| record.extend([field.to_vec(), value.to_vec()]));
        call.arg(record.len()).arg(record).arg(job);
        call
    }

    /// Takes one client off a search that several were given, and tells how many are left. 0: it was the last, or
    /// the search is over or unknown. Once the last has left it, a search is shared no more.
    ///
    /// Asked once only: to repeat it would take another client off.
    pub async fn release(&self, id: SearchId) -> Result<u64, BrokerError> {
        let call = self.scripts.release.key(names::record_key(id));
        Ok(call.invoke_async(&mut self.connection.clone()).await?)
    }
}

impl FromRedisValue for Submission {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (outcome, id): (String, String) = redis::from_redis_value(value)?;
        let id = || id.parse().map_err(|_| ParsingError::from(format!("{id:?} is no search's id")));
        match outcome.as_str() {
            "new" => Ok(Self::New),
            "again" => id().map(Self::Again),
            "shared" => id().map(Self::Shared),
            "reused" => Ok(Self::KeyReused),
            _ => Ok(Self::Refused),
        }
    }
}
