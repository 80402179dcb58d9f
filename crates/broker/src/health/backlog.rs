use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};
use redis::{AsyncCommands, Value};

use crate::{Broker, BrokerError};

/// How much there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that no worker has yet.
    pub waiting: u64,
    /// Jobs that a worker has.
    pub in_hand: u64,
}

impl Broker {
    /// Asks Redis how it is and how much there is to do. Fails if it takes no writes; one that is only full does.
    ///
    /// The group's own `lag` is not used: it is wrong or nil after entries were deleted.
    pub async fn backlog(&self) -> Result<Backlog, BrokerError> {
        let (mut a, mut b, mut c) =
            (self.connection.clone(), self.connection.clone(), self.connection.clone());
        let length = a.xlen::<_, u64>(REQUESTED_STREAM);
        let mut pending = redis::cmd("XPENDING");
        pending.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP);
        // A write that changes nothing: no job has this id.
        let mut write = redis::cmd("XDEL");
        write.arg(REQUESTED_STREAM).arg("0-1");
        let (length, pending, written) = tokio::join!(
            length,
            pending.query_async::<Vec<Value>>(&mut b),
            write.query_async::<Value>(&mut c)
        );
        written?;
        let in_hand = match pending.map_err(BrokerError::from) {
            Ok(summary) => summary.into_iter().next().map_or(Ok(0), redis::from_redis_value)?,
            // No worker has come yet.
            Err(BrokerError::NoGroup(_)) => 0,
            Err(error) => return Err(error),
        };
        Ok(Backlog { waiting: length?.saturating_sub(in_hand), in_hand })
    }
}
