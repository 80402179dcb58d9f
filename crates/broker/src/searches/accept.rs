//! Accepts searches with the configured durability.
//!
//! With [`Durability::Memory`], a submission is a request on the shared connection. With the others, submissions are
//! *group-committed*: they queue up, and a [`Lane`] writes a batch in one pipeline that ends with WAITAOF or WAIT.
//! That command blocks its connection and covers only the writes of that connection, so each lane has its own. While
//! one lane waits, the next one fills a batch.

mod availability;
mod durability;
mod lane;
mod queued;

use std::{sync::Arc, time::Duration};

use contracts::entry::Job;
use tokio::sync::{mpsc, oneshot};

use crate::{Broker, BrokerError, Sharing, Submission};
use availability::Availability;
use lane::LANES;
use queued::QueuedSubmission;

pub use durability::{Durability, InvalidDurability};
pub use lane::Lane;

/// How many submissions may wait for a lane. Further ones wait for room in the queue.
const QUEUE_LENGTH: usize = 4096;
/// The timeout of a submission that waits for a disk or a replica, either of which may be slow.
const GROUP_COMMIT_TIMEOUT: Duration = Duration::from_secs(6);

/// Accepts searches. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Acceptance {
    broker: Broker,
    /// `None` with [`Durability::Memory`].
    group_commit: Option<GroupCommit>,
}

#[derive(Clone, Debug)]
struct GroupCommit {
    queue: mpsc::Sender<QueuedSubmission>,
    availability: Arc<Availability>,
}

impl Acceptance {
    /// Accepts searches with this durability. The caller must run the lanes.
    #[must_use]
    pub fn new(broker: Broker, durability: Durability) -> (Self, Vec<Lane>) {
        if durability == Durability::Memory {
            return (Self { broker, group_commit: None }, Vec::new());
        }
        let (queue, submissions) = mpsc::channel(QUEUE_LENGTH);
        let availability = Arc::<Availability>::default();
        let submissions = Arc::new(tokio::sync::Mutex::new(submissions));
        let lane =
            |_| Lane::new(broker.clone(), durability, Arc::clone(&submissions), Arc::clone(&availability));
        let lanes = (0..LANES).map(lane).collect();
        (Self { broker, group_commit: Some(GroupCommit { queue, availability }) }, lanes)
    }

    /// Runs `request`, which submits searches. Fails with [`BrokerError::TimedOut`] if it takes longer than a client
    /// waits.
    pub async fn with_timeout<T>(
        &self,
        request: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        let timeout =
            if self.group_commit.is_some() { GROUP_COMMIT_TIMEOUT } else { self.broker.client_timeout() };
        tokio::time::timeout(timeout, request).await.unwrap_or(Err(BrokerError::TimedOut))
    }

    /// Submits a search. With `sharing`, an earlier search may be returned instead. Returns once the search is as
    /// durable as configured; use [`with_timeout`](Self::with_timeout) to limit the wait.
    ///
    /// After an error other than [`BrokerError::NotDurable`], the search may have been accepted all the same.
    pub async fn submit(&self, job: &Job, sharing: Option<&Sharing>) -> Result<Submission, BrokerError> {
        let Some(group_commit) = &self.group_commit else {
            return self.submit_now(job, sharing).await;
        };
        let (outcome, accepted) = oneshot::channel();
        let submission = QueuedSubmission { job: job.clone(), sharing: sharing.cloned(), outcome };
        group_commit.queue.send(submission).await.map_err(|_| BrokerError::Unconfirmed)?;
        accepted.await.unwrap_or(Err(BrokerError::Unconfirmed))
    }

    async fn submit_now(&self, job: &Job, sharing: Option<&Sharing>) -> Result<Submission, BrokerError> {
        match sharing {
            // The usual case, which needs no script.
            None => self.broker.submit(job).await.map(|()| Submission::New),
            Some(sharing) => self.broker.submit_shared(job, sharing).await,
        }
    }

    /// Why no search can be accepted now. `None` if searches can be accepted.
    #[must_use]
    pub fn unavailable_reason(&self) -> Option<&'static str> {
        self.group_commit.as_ref().and_then(|group_commit| group_commit.availability.reason())
    }
}
