use std::time::Duration;

use contracts::{
    EpochMillis, SearchId,
    entry::{Fields, JobTimes},
    names::{self, DEAD_STREAM, OPEN_SEARCHES, REQUESTED_STREAM, field},
    operators::Replayed,
};
use redis::RedisResult;

use super::dead_letters::FIELDS_KEPT;
use crate::{Broker, BrokerError, Entry, EntryId, metrics::Operation, searches::record_fields};

/// The fields that `bury` puts before those of the job.
const BURIAL_FIELDS: [&str; 2] = [field::REASON, field::ENTRY_ID];

impl Broker {
    /// Moves a dead letter back to the queue, with all fields of its job. `None` if there is no such dead letter: it
    /// was replayed or dropped before.
    ///
    /// If its search has ended, as it mostly has, clients have seen its end. So the job becomes a new search with a new
    /// id, which has as much time as the old one had, or `time` if that is unknown. Otherwise this is a new delivery of
    /// the same search.
    pub async fn replay(&self, entry: EntryId, time: Duration) -> Result<Option<Replayed>, BrokerError> {
        let Some(job) = self.buried_job(entry).await? else { return Ok(None) };
        let old_id: Option<SearchId> = job.optional(field::SEARCH_ID).ok().flatten();
        let new_id = SearchId::random();
        let times = times(&job, self.now().await?, time);
        let new_job = renewed(&job, new_id, times);

        let mut record = Vec::new();
        record_fields(new_job.pairs(), |field, value| record.extend([field.to_vec(), value.to_vec()]));
        let flat = |job: &Fields| -> Vec<Vec<u8>> {
            job.pairs().flat_map(|(field, value)| [field.to_vec(), value.to_vec()]).collect()
        };
        let job = flat(&job);
        let mut call = self.scripts.replay.key(DEAD_STREAM);
        // A job without a valid id has no record, like the new search until now.
        call.key(REQUESTED_STREAM).key(OPEN_SEARCHES).key(names::record_key(old_id.unwrap_or(new_id)));
        call.key(names::record_key(new_id));
        call.arg(entry).arg(old_id.map(|id| id.to_string()).unwrap_or_default()).arg(new_id.to_string());
        call.arg(times.deadline.0).arg(job.len()).arg(record.len());
        call.arg(job).arg(record).arg(flat(&new_job));
        let reply: RedisResult<(String, String)> =
            call.invoke_async(&mut self.connection.to(Operation::Replay)).await;
        let (outcome, job) = reply.inspect_err(|error| {
            // Redis may have done it, and only its reply was lost.
            tracing::info!(%entry, search_id = %new_id, %error,
                "a replay failed; if it was done all the same, this is its new search");
        })?;
        Ok(match (outcome.as_str(), old_id) {
            ("new", _) => Some(Replayed { search_id: new_id, is_new: true, job }),
            ("again", Some(search_id)) => Some(Replayed { search_id, is_new: false, job }),
            _ => None,
        })
    }

    /// The fields of a dead letter's job, as they were queued.
    async fn buried_job(&self, entry: EntryId) -> Result<Option<Fields>, BrokerError> {
        let mut range = redis::cmd("XRANGE");
        range.arg(DEAD_STREAM).arg(entry).arg(entry);
        let range = &range;
        let read = |mut bulk| async move { range.query_async(&mut bulk).await };
        let found: Vec<Entry> = self.bulk.request(Operation::Operators, 0, read).await?;
        let fields = found.into_iter().next().and_then(|entry| entry.fields);
        Ok(fields.map(|fields| {
            let added = |(at, (name, _)): &(usize, (&[u8], &[u8]))| {
                BURIAL_FIELDS.get(*at).is_some_and(|added| added.as_bytes() == *name)
            };
            let job = fields.pairs().enumerate().filter(|pair| !added(pair));
            job.map(|(_, pair)| pair).take(FIELDS_KEPT).collect()
        }))
    }
}

/// The times of a new search: from now on, for as long as the job had.
fn times(job: &Fields, now: EpochMillis, time: Duration) -> JobTimes {
    let number = |name: &str| job.optional::<EpochMillis>(name).ok().flatten();
    let had = number(field::CREATED_MS)
        .zip(number(field::DEADLINE_MS))
        .map(|(created, deadline)| deadline.since(created))
        .filter(|had| !had.is_zero());
    JobTimes { created: now, deadline: now + had.unwrap_or(time) }
}

/// The job with another id and other times. Keeps the order of its fields.
fn renewed(job: &Fields, id: SearchId, times: JobTimes) -> Fields {
    let JobTimes { created, deadline } = times;
    let mut new: Vec<_> = vec![
        (field::SEARCH_ID, id.to_string()),
        (field::CREATED_MS, created.to_string()),
        (field::DEADLINE_MS, deadline.to_string()),
    ];
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for (name, value) in job.pairs() {
        let value = match new.iter().position(|(new, _)| new.as_bytes() == name) {
            Some(at) => new.remove(at).1.into_bytes(),
            None => value.to_vec(),
        };
        fields.push((name.to_vec(), value));
    }
    fields.extend(new.into_iter().map(|(name, value)| (name.into(), value.into())));
    fields.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replayed_job_keeps_its_fields_and_as_much_time() {
        let job: Fields = [
            ("search_id", "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11"),
            ("from", "CGK"),
            ("created_ms", "1000"),
            ("cabin", "\u{0}raw"),
            ("deadline_ms", "6000"),
        ]
        .into_iter()
        .collect();
        let id = SearchId::random();
        let times = times(&job, EpochMillis(90_000), Duration::from_mins(1));
        let expected: Fields = [
            ("search_id", id.to_string().as_str()),
            ("from", "CGK"),
            ("created_ms", "90000"),
            ("cabin", "\u{0}raw"),
            ("deadline_ms", "95000"),
        ]
        .into_iter()
        .collect();
        assert_eq!(renewed(&job, id, times), expected);
    }

    #[test]
    fn a_job_without_times_gets_those_of_a_new_search() {
        let job: Fields = [("from", "CGK")].into_iter().collect();
        let times = times(&job, EpochMillis(1000), Duration::from_mins(1));
        let names: Vec<_> =
            renewed(&job, SearchId::random(), times).pairs().map(|(name, _)| name.to_vec()).collect();
        assert_eq!(names, [&b"from"[..], b"search_id", b"created_ms", b"deadline_ms"]);
        assert_eq!(times.deadline, EpochMillis(61_000));
    }
}
