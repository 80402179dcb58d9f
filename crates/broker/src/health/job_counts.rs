use std::time::Duration;

use contracts::names::{CONSUMER_GROUP, DEAD_STREAM, REQUESTED_STREAM, RESULTS_STREAM};
use redis::{AsyncCommands, Value};

use crate::{Broker, BrokerError, Entry, EntryId, metrics::Operation};

/// How many jobs wait and how many are in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobCounts {
    /// Jobs in the queue.
    pub waiting: u64,
    /// Jobs that a worker has in progress.
    pub in_progress: u64,
}

impl Broker {
    /// Counts the jobs. Fails if Redis refuses writes, unless it is only full.
    pub async fn job_counts(&self) -> Result<JobCounts, BrokerError> {
        let mut connection = self.connection.to(Operation::Backlog);
        // Tests whether Redis takes writes. Changes nothing: no job has this id.
        let mut write = redis::cmd("XDEL");
        write.arg(REQUESTED_STREAM).arg("0-1");
        let (jobs, written) =
            tokio::join!(self.count_jobs(Operation::Backlog), write.query_async::<Value>(&mut connection));
        written?;
        jobs.map(|(counts, _)| counts)
    }

    /// Counts the jobs, and returns the last one that a worker has in progress.
    ///
    /// We don't use the group's `lag`: after entries were deleted, it is wrong or nil.
    pub(super) async fn count_jobs(&self, operation: Operation) -> Result<(JobCounts, EntryId), BrokerError> {
        let mut connection = self.connection.to(operation);
        let mut both = redis::pipe();
        // In one write, so that Redis hardly ever runs anything in between: a job that is done meanwhile would count as
        // waiting. Not in a transaction, which a full Redis refuses even if it only reads.
        both.xlen(REQUESTED_STREAM).cmd("XPENDING").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP);
        let counted = both.query_async::<(u64, Summary)>(&mut connection).await;
        match counted.map_err(BrokerError::from) {
            Ok((length, (in_progress, _, last, _))) => {
                let waiting = length.saturating_sub(in_progress);
                Ok((JobCounts { waiting, in_progress }, last.unwrap_or_default()))
            }
            // No worker has started yet.
            Err(BrokerError::NoGroup(_)) => {
                let waiting = connection.xlen(REQUESTED_STREAM).await?;
                Ok((JobCounts { waiting, in_progress: 0 }, EntryId::default()))
            }
            Err(error) => Err(error),
        }
    }

    /// Measures how far the workers are behind, and how far this gateway is. Call it every second or so.
    pub async fn measure_queue_and_log(&self) -> Result<(), BrokerError> {
        let (jobs, last_in_progress) = self.count_jobs(Operation::Queue).await?;
        let mut connection = self.connection.to(Operation::Queue);
        let mut oldest = Duration::ZERO;
        if jobs.waiting > 0 {
            // Jobs are delivered in order and deleted when they are done. So what comes after the last one in progress
            // waits.
            let mut next = redis::cmd("XRANGE");
            next.arg(REQUESTED_STREAM).arg(format!("({last_in_progress}")).arg("+").arg("COUNT").arg(1);
            let next: Vec<Entry> = next.query_async(&mut connection).await?;
            if let Some(Entry { id, .. }) = next.first() {
                oldest = self.now().await?.since(id.added_at());
            }
        }
        self.metrics.queue.set_backlog(jobs.waiting, jobs.in_progress, oldest);
        self.metrics.queue.set_log_end(self.stream_end(RESULTS_STREAM, &mut connection).await?);
        match connection.xlen(DEAD_STREAM).await.map_err(BrokerError::from) {
            Ok(dead_letters) => self.metrics.queue.set_dead_letters(dead_letters),
            // Nothing but the metric needs it.
            Err(BrokerError::Forbidden(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// The reply of XPENDING: how many entries, the first, the last, and the consumers.
type Summary = (u64, Value, Option<EntryId>, Value);
