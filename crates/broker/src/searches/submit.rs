use contracts::{
    EpochMillis, SearchId, SearchStatus,
    entry::{Fields, Job},
    names::{self, OPEN_SEARCHES, REQUESTED_STREAM, record},
};
use redis::Pipeline;

use crate::{Broker, BrokerError, jobs::Claim, millis::millis, searches::LOST_WITHIN};

/// What became of a record that was to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// The record exists, whether it was just created or not.
    Exists,
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
        Ok(if done == "ended" { Created::Ended } else { Created::Exists })
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
