//! Accepts searches: tells a gateway that a search is accepted when Redis keeps it as safely as is asked for.
//!
//! With [`Durability::Memory`] a submission is a request like any other, on the shared connection. With the others
//! it is *group-committed*: submissions queue up, a [`Lane`] writes all that wait as one pipeline with one WAITAOF or
//! WAIT behind them, and answers all when that returns. The wait covers the writes of its own connection only and
//! blocks that connection, so each lane has one; while a lane waits, the next one gathers.

mod durability;
mod lane;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contracts::entry::Job;
use tokio::sync::{mpsc, oneshot};

use crate::{Broker, BrokerError, Sharing, Submission};

pub use durability::{Durability, InvalidDurability, Unfit};
pub use lane::Lane;

/// How many batches may be on their way at once. With `appendfsync everysec` a batch waits for up to a second, and
/// what comes meanwhile should not wait for that one and then for its own.
const LANES: u32 = 4;
/// How many submissions may wait for a lane; further ones wait in front of the queue.
const QUEUE: usize = 4096;
/// How long a submission takes at most where it waits for a disk or a replica: those may take their time without being
/// broken.
const GROUP_PATIENCE: Duration = Duration::from_secs(6);

/// The way by which searches are accepted. Clones share it.
#[derive(Clone, Debug)]
pub struct Acceptance {
    broker: Broker,
    /// Where the lanes get their submissions from; none if there are no lanes.
    group: Option<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    queue: mpsc::Sender<Waiting>,
    trouble: Arc<Trouble>,
}

/// A submission, and who waits for its outcome.
#[derive(Debug)]
struct Waiting {
    job: Job,
    sharing: Option<Sharing>,
    outcome: oneshot::Sender<Result<Submission, BrokerError>>,
}

impl Acceptance {
    /// Accepts searches with this durability. Whoever asks for more than memory has to run the lanes.
    #[must_use]
    pub fn new(broker: Broker, durability: Durability) -> (Self, Vec<Lane>) {
        if durability == Durability::Memory {
            return (Self { broker, group: None }, Vec::new());
        }
        let (queue, submissions) = mpsc::channel(QUEUE);
        let trouble = Arc::<Trouble>::default();
        let submissions = Arc::new(tokio::sync::Mutex::new(submissions));
        let lane = |_| Lane::new(broker.clone(), durability, Arc::clone(&submissions), Arc::clone(&trouble));
        let lanes = (0..LANES).map(lane).collect();
        (Self { broker, group: Some(Group { queue, trouble }) }, lanes)
    }

    /// Waits for `work`, which submits something, for no longer than a client does.
    pub async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        let patience = if self.group.is_some() { GROUP_PATIENCE } else { self.broker.patience() };
        tokio::time::timeout(patience, work).await.unwrap_or(Err(BrokerError::TimedOut))
    }

    /// Submits a search; with `sharing`, unless an earlier one stands for it. Done when Redis keeps it, however long that
    /// takes: see [`in_time`](Self::in_time).
    ///
    /// After an error other than [`BrokerError::Unfit`] the search may have been accepted all the same.
    pub async fn submit(&self, job: &Job, sharing: Option<&Sharing>) -> Result<Submission, BrokerError> {
        let Some(group) = &self.group else {
            return self.submit_alone(job, sharing).await;
        };
        let (outcome, accepted) = oneshot::channel();
        let waiting = Waiting { job: job.clone(), sharing: sharing.cloned(), outcome };
        group.queue.send(waiting).await.map_err(|_| BrokerError::Unconfirmed)?;
        accepted.await.unwrap_or(Err(BrokerError::Unconfirmed))
    }

    async fn submit_alone(&self, job: &Job, sharing: Option<&Sharing>) -> Result<Submission, BrokerError> {
        match sharing {
            // What nearly every submission is: no script, and nothing to remember it by.
            None => self.broker.submit(job).await.map(|()| Submission::New),
            Some(sharing) => self.broker.submit_shared(job, sharing).await,
        }
    }

    /// Why no search can be accepted now, if that is so.
    #[must_use]
    pub fn trouble(&self) -> Option<&'static str> {
        self.group.as_ref().and_then(|group| group.trouble.get())
    }
}

/// Why the lanes can't accept anything, as the last look at Redis has told.
#[derive(Debug)]
struct Trouble(Mutex<Option<&'static str>>);

impl Default for Trouble {
    fn default() -> Self {
        Self(Mutex::new(Some("Redis has not been asked yet how safely it keeps searches")))
    }
}

impl Trouble {
    fn get(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how it is, and tells whether it was otherwise before.
    fn set(&self, trouble: Option<&'static str>) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *noted, trouble) != trouble
    }
}
