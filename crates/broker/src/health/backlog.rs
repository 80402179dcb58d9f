use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};
use redis::{AsyncCommands, Value};

use crate::{Broker, BrokerError};

/// The number of jobs, by state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs in the queue.
    pub waiting: u64,
    /// Jobs that a worker has in progress.
    pub in_progress: u64,
}

impl Broker {
    /// Counts the jobs. Fails if Redis refuses writes, unless it is only full.
    ///
    /// We don't use the group's `lag`: after entries were deleted, it is wrong or nil.
    pub async fn backlog(&self) -> Result<Backlog, BrokerError> {
        let (mut a, mut b, mut c) =
            (self.connection.clone(), self.connection.clone(), self.connection.clone());
        let length = a.xlen::<_, u64>(REQUESTED_STREAM);
        let mut pending = redis::cmd("XPENDING");
        pending.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP);
        // Tests whether Redis takes writes. Changes nothing: no job has this id.
        let mut write = redis::cmd("XDEL");
        write.arg(REQUESTED_STREAM).arg("0-1");
        let (length, pending, written) = tokio::join!(
            length,
            pending.query_async::<Vec<Value>>(&mut b),
            write.query_async::<Value>(&mut c)
        );
        written?;
        let in_progress = match pending.map_err(BrokerError::from) {
            Ok(summary) => summary.into_iter().next().map_or(Ok(0), redis::from_redis_value)?,
            // No worker has started yet.
            Err(BrokerError::NoGroup(_)) => 0,
            Err(error) => return Err(error),
        };
        Ok(Backlog { waiting: length?.saturating_sub(in_progress), in_progress })
    }
}
