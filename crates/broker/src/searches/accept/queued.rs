use contracts::entry::Job;
use redis::{FromRedisValue, Value};
use tokio::sync::oneshot;

use crate::{BrokerError, Sharing, Submission};

/// A submission that waits for a lane.
#[derive(Debug)]
pub(super) struct QueuedSubmission {
    pub(super) job: Job,
    pub(super) sharing: Option<Sharing>,
    pub(super) outcome: oneshot::Sender<Result<Submission, BrokerError>>,
}

impl QueuedSubmission {
    /// Decodes the replies to its commands.
    pub(super) fn decode(&self, replies: Vec<Value>) -> Result<Submission, BrokerError> {
        match (&self.sharing, replies.into_iter().next()) {
            (Some(_), Some(reply)) => Ok(Submission::from_redis_value(reply)?),
            _ => Ok(Submission::New),
        }
    }

    /// Sends the outcome, unless the client has disconnected.
    pub(super) fn answer(self, outcome: Result<Submission, BrokerError>) {
        let _ = self.outcome.send(outcome);
    }
}
