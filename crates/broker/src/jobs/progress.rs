//! The workers and what each has in progress, for operators.

use std::collections::HashMap;

use contracts::{
    SearchId,
    entry::ResultEntry,
    names::{CONSUMER_GROUP, REQUESTED_STREAM},
    operators::{JobInProgress, JobState, WorkerCounts, WorkerList, WorkerSnapshot, WorkerState},
};
use redis::{Pipeline, Value};

use crate::{Broker, BrokerError, Entry, EntryId, WORKER_TIMEOUT, metrics::Operation, millis::millis};

/// How many workers are listed.
const MAX_WORKERS: usize = 100;
/// How many jobs of a worker are listed.
const MAX_JOBS: usize = 10;
/// How many commands are sent at once: they should keep Redis busy for no more than a millisecond.
const BATCH: usize = 50;
/// The size of the replies to that many.
const BATCH_BYTES: usize = BATCH * 1024;

/// A consumer of the group.
#[derive(Clone, Debug)]
struct ConsumerInfo {
    name: String,
    idle_ms: u64,
    pending: u64,
}

/// A pending entry: id, consumer, idle time in milliseconds, deliveries.
type Pending = (EntryId, String, u64, u64);

impl Broker {
    /// How many workers are alive, and how many are not.
    pub async fn worker_counts(&self) -> Result<WorkerCounts, BrokerError> {
        let consumers = self.consumers().await?;
        let alive = consumers.iter().filter(|consumer| is_alive(consumer.idle_ms)).count() as u64;
        Ok(WorkerCounts { alive, silent: consumers.len() as u64 - alive })
    }

    /// The workers, up to a hundred, each with its ten oldest jobs.
    pub async fn worker_list(&self) -> Result<WorkerList, BrokerError> {
        let mut consumers = self.consumers().await?;
        let more = consumers.len().saturating_sub(MAX_WORKERS) as u64;
        consumers.truncate(MAX_WORKERS);
        let names: Vec<_> = consumers.iter().map(|consumer| consumer.name.as_str()).collect();
        let snapshots = self.worker_snapshots(&names).await?;
        let pending = self.oldest_pending(&consumers).await?;
        let entries: Vec<_> = pending.iter().map(|(entry, ..)| *entry).collect();
        let searches = self.searches_of(&entries).await?;
        let now = self.now().await?;
        let mut jobs: HashMap<String, Vec<JobInProgress>> = HashMap::new();
        for (entry, consumer, lease_idle_ms, deliveries) in pending {
            jobs.entry(consumer).or_default().push(JobInProgress {
                entry: entry.to_string(),
                search_id: searches.get(&entry).copied(),
                deliveries,
                age_ms: millis(now.since(entry.added_at())),
                lease_idle_ms,
                for_ms: None,
            });
        }
        let workers = consumers.into_iter().zip(snapshots).map(|(consumer, snapshot)| {
            let jobs = jobs.remove(&consumer.name).unwrap_or_default();
            worker(consumer, jobs, snapshot)
        });
        Ok(WorkerList { workers: workers.collect(), more })
    }

    /// The status reports of workers, up to a hundred: those with the latest sign of life first.
    pub async fn snapshots(&self) -> Result<Vec<(String, WorkerSnapshot)>, BrokerError> {
        let mut consumers = self.consumers().await?;
        consumers.truncate(MAX_WORKERS);
        let names: Vec<_> = consumers.iter().map(|consumer| consumer.name.as_str()).collect();
        let snapshots = self.worker_snapshots(&names).await?;
        let workers = consumers.into_iter().zip(snapshots);
        Ok(workers.filter_map(|(consumer, snapshot)| Some((consumer.name, snapshot?))).collect())
    }

    /// Where a job is. One that no worker has waits.
    pub(crate) async fn job_state(&self, entry: EntryId) -> Result<JobState, BrokerError> {
        let mut pending = redis::cmd("XPENDING");
        pending.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg(entry).arg(entry).arg(1);
        let pending = &pending;
        let found = self
            .bulk
            .request(Operation::Operators, 0, |mut bulk| async move { pending.query_async(&mut bulk).await })
            .await
            .map_err(BrokerError::from);
        let found: Vec<Pending> = match found {
            // No worker has started yet.
            Err(BrokerError::NoGroup(_)) => Vec::new(),
            found => found?,
        };
        let waiting = JobState { entry: entry.to_string(), worker: None, deliveries: 0, lease_idle_ms: 0 };
        Ok(found.into_iter().next().map_or(waiting.clone(), |(_, worker, lease_idle_ms, deliveries)| {
            JobState { worker: Some(worker), deliveries, lease_idle_ms, ..waiting }
        }))
    }

    /// All consumers, those with the latest sign of life first.
    async fn consumers(&self) -> Result<Vec<ConsumerInfo>, BrokerError> {
        let mut pipe = redis::pipe();
        pipe.exists(REQUESTED_STREAM);
        if self.ask::<(bool,)>(&pipe, 0).await? == (false,) {
            return Ok(Vec::new());
        }
        let mut pipe = redis::pipe();
        pipe.cmd("XINFO").arg("CONSUMERS").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP);
        match self.ask::<(Vec<HashMap<String, Value>>,)>(&pipe, BATCH_BYTES).await {
            Ok((consumers,)) => {
                let mut consumers: Vec<_> = consumers.iter().filter_map(consumer).collect();
                consumers.sort_by(|a, b| (a.idle_ms, &a.name).cmp(&(b.idle_ms, &b.name)));
                Ok(consumers)
            }
            // No worker has started yet.
            Err(BrokerError::NoGroup(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The oldest jobs of each consumer, in order.
    async fn oldest_pending(&self, consumers: &[ConsumerInfo]) -> Result<Vec<Pending>, BrokerError> {
        let busy: Vec<_> = consumers.iter().filter(|consumer| consumer.pending > 0).collect();
        let mut all = Vec::new();
        for consumers in busy.chunks(BATCH) {
            let mut pipe = redis::pipe();
            for ConsumerInfo { name, .. } in consumers {
                pipe.cmd("XPENDING").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg("-").arg("+");
                pipe.arg(MAX_JOBS).arg(name);
            }
            let found: Vec<Vec<Pending>> = self.ask(&pipe, BATCH_BYTES).await?;
            all.extend(found.into_iter().flatten());
        }
        Ok(all)
    }

    /// The searches of jobs, as far as they can be read.
    async fn searches_of(&self, jobs: &[EntryId]) -> Result<HashMap<EntryId, SearchId>, BrokerError> {
        let mut searches = HashMap::new();
        for jobs in jobs.chunks(BATCH) {
            let mut pipe = redis::pipe();
            for job in jobs {
                pipe.cmd("XRANGE").arg(REQUESTED_STREAM).arg(job).arg(job);
            }
            let found: Vec<Vec<Entry>> = self.ask(&pipe, BATCH_BYTES).await?;
            searches.extend(
                found
                    .into_iter()
                    .flatten()
                    .filter_map(|Entry { id, fields }| Some((id, ResultEntry::search_id(&fields?).ok()?))),
            );
        }
        Ok(searches)
    }

    /// Makes requests for operators, on the connection for large ones, so that they delay no search.
    pub(crate) async fn ask<T: redis::FromRedisValue>(
        &self,
        pipe: &Pipeline,
        bytes: usize,
    ) -> Result<T, BrokerError> {
        let read = |mut bulk| async move { pipe.query_async(&mut bulk).await };
        Ok(self.bulk.request(Operation::Operators, bytes, read).await?)
    }
}

fn is_alive(idle_ms: u64) -> bool {
    idle_ms <= millis(WORKER_TIMEOUT)
}

fn consumer(info: &HashMap<String, Value>) -> Option<ConsumerInfo> {
    let number = |name: &str| redis::from_redis_value(info.get(name)?.clone()).ok();
    let name = redis::from_redis_value(info.get("name")?.clone()).ok()?;
    Some(ConsumerInfo { name, idle_ms: number("idle")?, pending: number("pending")? })
}

/// A worker with its jobs, for each of which it may have reported how long it has had it.
fn worker(
    consumer: ConsumerInfo,
    mut jobs: Vec<JobInProgress>,
    snapshot: Option<WorkerSnapshot>,
) -> WorkerState {
    for job in &mut jobs {
        let reported = snapshot
            .as_ref()
            .and_then(|snapshot| snapshot.jobs.iter().find(|reported| reported.entry == job.entry));
        job.for_ms = reported.map(|reported| reported.for_ms);
    }
    let ConsumerInfo { name, idle_ms, pending } = consumer;
    WorkerState { name, is_alive: is_alive(idle_ms), idle_ms, in_progress: pending, jobs, snapshot }
}
