use contracts::{
    EpochMillis, SearchId, SearchStatus,
    entry::{Fields, Job},
    names::{self, OPEN_SEARCHES, REQUESTED_STREAM, record},
};
use redis::Pipeline;

use crate::{
    Broker, BrokerError, jobs::Claim, metrics::Operation, millis::millis, searches::MIN_RECORD_LIFE,
};

/// The result of creating a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// The record exists, whether it was just created or not.
    Exists,
    /// The search has ended, and its record has expired.
    Ended,
}

impl Broker {
    /// Submits a search in one round trip: adds it to the open searches, creates its record, and adds the job.
    ///
    /// There are no conditions, so this needs no script. It needs a transaction: on a slow link, the search could
    /// reach its deadline before the last command arrives.
    pub async fn submit(&self, job: &Job) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        pipe.atomic();
        add_submission(&mut pipe, job);
        let pipe = &pipe;
        Ok(self
            .retry_unsent(Operation::Submit, |mut connection| async move {
                pipe.exec_async(&mut connection).await
            })
            .await?)
    }

    /// Creates the record of a search from the fields of its job, unless there is one. The record names the claim's
    /// entry: claims to earlier entries of the same job are no longer valid.
    pub async fn create(
        &self,
        id: SearchId,
        claim: &Claim,
        job: &Fields,
        deadline: EpochMillis,
    ) -> Result<Created, BrokerError> {
        let mut call = self.scripts.create.key(names::record_key(id));
        call.key(OPEN_SEARCHES).key(REQUESTED_STREAM);
        call.arg(id.to_string()).arg(deadline.0).arg(millis(MIN_RECORD_LIFE));
        // The replaced system knows no open searches.
        call.arg(if claim.is_foreign { String::new() } else { claim.entry.to_string() });
        call.arg(record::ENTRY).arg(claim.entry);
        record_fields(job.pairs(), |field, value| _ = call.arg(field).arg(value));
        let reply: String = call.invoke_async(&mut self.connection.to(Operation::Create)).await?;
        Ok(if reply == "ended" { Created::Ended } else { Created::Exists })
    }
}

/// Adds the three commands of a submission to a transaction.
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

/// The fields of a new record: those of the job, the status, and the sequence number.
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
