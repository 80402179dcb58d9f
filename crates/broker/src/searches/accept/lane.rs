use std::{sync::Arc, time::Duration};

use redis::{Pipeline, RedisResult, Value, aio::MultiplexedConnection};
use tokio::{
    sync::{Mutex, mpsc},
    time::{Instant, timeout},
};

use super::{availability::Availability, durability::Durability, queued::QueuedSubmission};
use crate::{Backoff, Broker, BrokerError, metrics::Operation, searches::submit::add_submission};

/// How many batches may wait at once. With `appendfsync everysec`, a batch waits for up to a second. With one lane,
/// the next batch would wait for that second too.
pub(super) const LANES: u32 = 4;
/// Most submissions in a batch.
const MAX_BATCH: usize = 1024;
/// The timeout of WAITAOF and WAIT. Redis tolerates an fsync of two seconds.
const WAIT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a connection is checked, and how long a check may take.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// The longest time to fill a batch.
const MAX_FILL_TIME: Duration = Duration::from_millis(500);
/// Written after submissions that may only have read, because WAIT and WAITAOF only wait for writes.
const FENCE: &str = "flight.search.fence";

type Submissions = Arc<Mutex<mpsc::Receiver<QueuedSubmission>>>;

/// Writes submissions in batches and waits until they are durable. Run each lane as a task.
#[derive(Debug)]
pub struct Lane {
    broker: Broker,
    durability: Durability,
    /// The lane that fills a batch holds the lock.
    submissions: Submissions,
    availability: Arc<Availability>,
    link: Option<Link>,
    /// How long the last batch took.
    last_duration: Duration,
    backoff: Backoff,
}

/// A connection to a Redis that passed the last check.
#[derive(Debug)]
struct Link {
    connection: MultiplexedConnection,
    checked: Instant,
}

impl Lane {
    pub(super) fn new(
        broker: Broker,
        durability: Durability,
        submissions: Submissions,
        availability: Arc<Availability>,
    ) -> Self {
        let (link, last_duration, backoff) = (None, Duration::ZERO, Backoff::default());
        Self { broker, durability, submissions, availability, link, last_duration, backoff }
    }

    /// Runs until the last [`Acceptance`](super::Acceptance) is dropped.
    pub async fn run(mut self) {
        let submissions = Arc::clone(&self.submissions);
        loop {
            let mut queue = submissions.lock().await;
            let Some((batch, connection)) = self.next_batch(&mut queue).await else { return };
            drop(queue);
            self.commit(batch, connection).await;
        }
    }

    /// Waits for submissions, and returns them with a connection. Refuses them while Redis can't accept any. `None`
    /// once the queue is closed.
    async fn next_batch(
        &mut self,
        submissions: &mut mpsc::Receiver<QueuedSubmission>,
    ) -> Option<(Vec<QueuedSubmission>, MultiplexedConnection)> {
        let mut batch = Vec::new();
        loop {
            let connection = match self.checked_connection().await {
                Ok(connection) => connection,
                Err(error) => {
                    self.link = None;
                    self.set_availability(Some(&error));
                    refuse(submissions, &error, self.backoff.next_pause()).await?;
                    continue;
                }
            };
            self.set_availability(None);
            self.backoff.reset();
            match timeout(CHECK_INTERVAL, submissions.recv_many(&mut batch, MAX_BATCH)).await {
                Err(_) => {}
                Ok(0) => return None,
                Ok(_) => {
                    self.fill(submissions, &mut batch).await;
                    return Some((batch, connection));
                }
            }
        }
    }

    /// Waits for more submissions. Lanes should start batches at regular intervals, so this waits for the duration of
    /// the last batch, divided by the number of lanes.
    async fn fill(
        &self,
        submissions: &mut mpsc::Receiver<QueuedSubmission>,
        batch: &mut Vec<QueuedSubmission>,
    ) {
        let fill_time = (self.last_duration / LANES).min(MAX_FILL_TIME);
        // The resolution of the timer.
        if fill_time >= Duration::from_millis(1) {
            tokio::time::sleep(fill_time).await;
        }
        while batch.len() < MAX_BATCH
            && let Ok(submission) = submissions.try_recv()
        {
            batch.push(submission);
        }
    }

    /// Returns a connection to a Redis that can provide the durability.
    async fn checked_connection(&mut self) -> Result<MultiplexedConnection, BrokerError> {
        if let Some(link) = &self.link
            && link.checked.elapsed() < CHECK_INTERVAL
        {
            return Ok(link.connection.clone());
        }
        let mut connection = match self.link.take() {
            Some(link) => link.connection,
            None => self.broker.blocking_connection(WAIT_TIMEOUT).await?,
        };
        let check = self.durability.check(&mut connection);
        timeout(CHECK_INTERVAL, check).await.unwrap_or(Err(BrokerError::TimedOut))?;
        self.link = Some(Link { connection: connection.clone(), checked: Instant::now() });
        Ok(connection)
    }

    fn set_availability(&self, error: Option<&BrokerError>) {
        let reason = error.map(|error| match error {
            BrokerError::NotDurable(error) => error.reason(),
            BrokerError::NotPrimary => "Redis is a replica, not the primary",
            BrokerError::Forbidden(_) => "Redis forbids its user what ACCEPT_DURABILITY needs",
            BrokerError::Refused(_) => "Redis refuses what ACCEPT_DURABILITY needs",
            _ => "Redis does not answer",
        });
        if matches!(error, Some(BrokerError::Forbidden(_))) {
            // The check names the forbidden command.
            self.broker.connection.request_permission_check();
        }
        match (self.availability.set(reason), error) {
            (true, Some(error)) => tracing::error!(%error, "no search can be accepted"),
            (true, None) => tracing::info!(durability = %self.durability, "searches can be accepted"),
            (false, _) => {}
        }
    }

    async fn commit(&mut self, mut batch: Vec<QueuedSubmission>, mut connection: MultiplexedConnection) {
        // Skip submissions whose client has disconnected.
        batch.retain(|submission| !submission.outcome.is_closed());
        if batch.is_empty() {
            return;
        }
        let (pipe, ends) = self.pipeline(&batch);
        let started = Instant::now();
        let replies = pipe.query_async::<Vec<RedisResult<Value>>>(&mut connection).await;
        self.last_duration = started.elapsed();
        self.broker.metrics.redis.requested(Operation::Submit, self.last_duration);
        let all_accepted = match replies {
            Ok(replies) => answer(batch, &ends, replies, |error| self.broker.metrics.redis.failed(error)),
            Err(error) => {
                let error = BrokerError::from(error);
                self.broker.metrics.redis.failed(&error);
                for submission in batch {
                    submission.answer(Err(error.clone()));
                }
                false
            }
        };
        // Reconnect and check again before the next batch: it may be another server.
        if !all_accepted {
            self.link = None;
        }
    }

    /// Builds a pipeline of these submissions, followed by the wait. Also returns for each submission the number of
    /// replies up to its end.
    fn pipeline(&self, batch: &[QueuedSubmission]) -> (Pipeline, Vec<usize>) {
        let mut pipe = redis::pipe();
        pipe.ignore_errors();
        let may_only_read = batch.iter().any(|submission| submission.sharing.is_some());
        if may_only_read {
            pipe.load_script(&self.broker.scripts.submit_shared).ignore();
        }
        let skipped = pipe.len();
        let mut ends = Vec::with_capacity(batch.len());
        for QueuedSubmission { job, sharing, .. } in batch {
            match sharing {
                None => {
                    pipe.cmd("MULTI");
                    add_submission(&mut pipe, job);
                    pipe.cmd("EXEC");
                }
                Some(sharing) => _ = pipe.invoke_script(&self.broker.shared_submission(job, sharing)),
            }
            ends.push(pipe.len() - skipped);
        }
        if may_only_read {
            // A shared search may not be durable yet. This write comes after it, so waiting for it covers both.
            pipe.cmd("SET").arg(FENCE).arg(1).ignore();
        }
        pipe.add_command(self.durability.wait(WAIT_TIMEOUT));
        (pipe, ends)
    }
}

/// Sends each submission's outcome to its client, and calls `on_error` with each error. Returns whether all were
/// accepted.
fn answer(
    batch: Vec<QueuedSubmission>,
    ends: &[usize],
    mut replies: Vec<RedisResult<Value>>,
    on_error: impl Fn(&BrokerError),
) -> bool {
    let durable = match replies.pop() {
        Some(Ok(reply)) => Durability::is_durable(reply),
        Some(Err(error)) => Err(error.into()),
        None => Ok(false),
    };
    let mut all_accepted = true;
    let mut replies = replies.into_iter();
    let mut start = 0;
    for (submission, end) in batch.into_iter().zip(ends) {
        let own_replies: RedisResult<Vec<Value>> = replies.by_ref().take(end - start).collect();
        start = *end;
        let outcome = match (own_replies, &durable) {
            (Err(error), _) => Err(error.into()),
            (Ok(_), Err(error)) => Err(error.clone()),
            (Ok(_), Ok(false)) => Err(BrokerError::Unconfirmed),
            (Ok(replies), Ok(true)) => submission.decode(replies),
        };
        if let Err(error) = &outcome {
            on_error(error);
            all_accepted = false;
        }
        submission.answer(outcome);
    }
    all_accepted
}

/// Refuses all submissions for the length of `pause`. `None` once the queue is closed.
async fn refuse(
    submissions: &mut mpsc::Receiver<QueuedSubmission>,
    error: &BrokerError,
    pause: Duration,
) -> Option<()> {
    let refusals = async {
        while let Some(submission) = submissions.recv().await {
            submission.answer(Err(error.clone()));
        }
    };
    timeout(pause, refusals).await.is_err().then_some(())
}
