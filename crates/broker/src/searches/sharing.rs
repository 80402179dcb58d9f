use std::time::Duration;

use contracts::{
    Fingerprint, IdempotencyKey, SearchId,
    entry::Job,
    names::{self, OPEN_SEARCHES, RECORD_PREFIX, REQUESTED_STREAM},
};
use redis::{FromRedisValue, ParsingError, ScriptInvocation, Value};

use crate::{
    Broker, BrokerError,
    metrics::Operation,
    millis::millis,
    searches::submit::{pairs, record_fields},
};

/// How long an idempotency key is kept.
const KEY_TTL: Duration = Duration::from_hours(24);

/// When a submission may be answered with an earlier search.
#[derive(Clone, Debug)]
pub struct Sharing {
    /// Equal for equal searches.
    pub fingerprint: Fingerprint,
    /// The client's idempotency key.
    pub key: Option<IdempotencyKey>,
    /// How long a search is shared with equal submissions; zero for never.
    pub window: Duration,
    /// Whether the client wants a new search. Later equal submissions may share it.
    pub fresh: bool,
    /// Whether a new search may be submitted.
    pub may_submit: bool,
}

/// The result of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// A new search was submitted.
    New,
    /// The idempotency key belongs to this equal search.
    Again(SearchId),
    /// This equal search is recent enough to be shared, and has neither failed nor been cancelled.
    Shared(SearchId),
    /// The idempotency key belongs to a different search.
    KeyReused,
    /// There is no search to share, and no new one may be submitted.
    Refused,
}

impl Broker {
    /// Submits a search, or returns an earlier one, in one round trip.
    ///
    /// Unlike [`submit`](Self::submit), this is a script: it must decide and write in one step, or two gateways could
    /// submit the same search twice.
    pub async fn submit_shared(&self, job: &Job, sharing: &Sharing) -> Result<Submission, BrokerError> {
        let call = &self.shared_submission(job, sharing);
        Ok(self
            .retry_unsent(Operation::Submit, |mut connection| async move {
                call.invoke_async(&mut connection).await
            })
            .await?)
    }

    /// The script call of [`submit_shared`](Self::submit_shared).
    pub(crate) fn shared_submission(&self, job: &Job, sharing: &Sharing) -> ScriptInvocation<'_> {
        let mut call = self.scripts.submit_shared.key(names::record_key(job.search_id));
        call.key(REQUESTED_STREAM).key(OPEN_SEARCHES).key(names::youngest_key(sharing.fingerprint));
        if let Some(key) = &sharing.key {
            call.key(names::idempotency_key(key));
        }
        let share = !sharing.window.is_zero() && !sharing.fresh;
        call.arg(RECORD_PREFIX).arg(sharing.fingerprint.to_string()).arg(millis(sharing.window));
        call.arg(u8::from(share)).arg(millis(KEY_TTL)).arg(u8::from(sharing.may_submit));
        let deadline = job.times.map_or(0, |times| times.deadline.0);
        call.arg(millis(self.retention.record)).arg(deadline).arg(job.search_id.to_string());
        let job = job.encode();
        let mut record = Vec::with_capacity(job.len() * 2 + 2);
        record_fields(pairs(&job), |field, value| record.extend([field.to_vec(), value.to_vec()]));
        call.arg(record.len()).arg(record).arg(job);
        call
    }

    /// Removes one client from a shared search, and returns how many are left. 0 if it was the last, or if the search
    /// has ended or is unknown. A search without clients is no longer shared.
    ///
    /// Never retried: a repetition would remove another client.
    pub async fn release(&self, id: SearchId) -> Result<u64, BrokerError> {
        let call = self.scripts.release.key(names::record_key(id));
        Ok(call.invoke_async(&mut self.connection.to(Operation::Release)).await?)
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
