use std::{sync::Arc, time::Duration};

use redis::{FromRedisValue, Pipeline, RedisResult, Value, aio::MultiplexedConnection};
use tokio::{
    sync::{Mutex, mpsc},
    time::{Instant, timeout},
};

use super::{Durability, LANES, Trouble, Waiting};
use crate::{Backoff, Broker, BrokerError, Submission, searches::submit::add_submission};

/// How many submissions one batch has at most.
const BATCH: usize = 1024;
/// How long a batch waits at most for its disk or replica. Redis lets a slow fsync take two seconds before it does
/// anything about it.
const WAIT: Duration = Duration::from_secs(5);
/// How often it is looked whether Redis is still fit, and how long that may take.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// The longest time for which a batch gathers.
const LONGEST_GATHERING: Duration = Duration::from_millis(500);
/// What is written behind submissions that may only have read: a wait is for writes.
const FENCE: &str = "flight.search.fence";

type Submissions = Arc<Mutex<mpsc::Receiver<Waiting>>>;

/// Writes submissions in batches and waits until they are kept. To be run as a task.
#[derive(Debug)]
pub struct Lane {
    broker: Broker,
    durability: Durability,
    /// Lanes take turns at it.
    submissions: Submissions,
    trouble: Arc<Trouble>,
    link: Option<Link>,
    /// How long the last batch took.
    waited: Duration,
    backoff: Backoff,
}

/// A connection to a Redis that was fit when it was last looked at.
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
        trouble: Arc<Trouble>,
    ) -> Self {
        let (link, waited, backoff) = (None, Duration::ZERO, Backoff::default());
        Self { broker, durability, submissions, trouble, link, waited, backoff }
    }

    /// Runs until nobody can submit any more, which is when the last [`Acceptance`](super::Acceptance) is gone.
    pub async fn run(mut self) {
        let submissions = Arc::clone(&self.submissions);
        loop {
            let mut turn = submissions.lock().await;
            let Some((batch, connection)) = self.gather(&mut turn).await else { return };
            drop(turn);
            self.commit(batch, connection).await;
        }
    }

    /// Waits for submissions, and gives them with a connection for them. `None` if nobody can submit any more.
    async fn gather(
        &mut self,
        submissions: &mut mpsc::Receiver<Waiting>,
    ) -> Option<(Vec<Waiting>, MultiplexedConnection)> {
        let mut batch = Vec::new();
        loop {
            let connection = match self.fit_connection().await {
                Ok(connection) => connection,
                Err(error) => {
                    self.link = None;
                    self.note(Some(&error));
                    refuse(submissions, &error, self.backoff.next_pause()).await?;
                    continue;
                }
            };
            self.note(None);
            self.backoff.reset();
            match timeout(CHECK_EVERY, submissions.recv_many(&mut batch, BATCH)).await {
                Err(_) => {}
                Ok(0) => return None,
                Ok(_) => {
                    self.gather_more(submissions, &mut batch).await;
                    return Some((batch, connection));
                }
            }
        }
    }

    /// Waits for others a part of the time that the last batch took: all lanes' batches together are spread over it.
    async fn gather_more(&self, submissions: &mut mpsc::Receiver<Waiting>, batch: &mut Vec<Waiting>) {
        let span = (self.waited / LANES).min(LONGEST_GATHERING);
        // In less than that, a timer can't wait.
        if span >= Duration::from_millis(1) {
            tokio::time::sleep(span).await;
        }
        while batch.len() < BATCH
            && let Ok(waiting) = submissions.try_recv()
        {
            batch.push(waiting);
        }
    }

    /// A connection to a Redis that can keep what it is told.
    async fn fit_connection(&mut self) -> Result<MultiplexedConnection, BrokerError> {
        if let Some(link) = &self.link
            && link.checked.elapsed() < CHECK_EVERY
        {
            return Ok(link.connection.clone());
        }
        let mut connection = match self.link.take() {
            Some(link) => link.connection,
            None => self.broker.blocking_connection(WAIT).await?,
        };
        let check = self.durability.check(&mut connection);
        timeout(CHECK_EVERY, check).await.unwrap_or(Err(BrokerError::TimedOut))?;
        self.link = Some(Link { connection: connection.clone(), checked: Instant::now() });
        Ok(connection)
    }

    fn note(&self, error: Option<&BrokerError>) {
        let reason = error.map(|error| match error {
            BrokerError::Unfit(unfit) => unfit.reason(),
            BrokerError::NotPrimary => "Redis is a replica, not the primary",
            BrokerError::Forbidden(_) => "Redis forbids its user what ACCEPT_DURABILITY needs",
            BrokerError::Refused(_) => "Redis refuses what ACCEPT_DURABILITY needs",
            _ => "Redis does not answer",
        });
        if matches!(error, Some(BrokerError::Forbidden(_))) {
            // A look at the permissions names the command.
            self.broker.connection.doubt();
        }
        match (self.trouble.set(reason), error) {
            (true, Some(error)) => tracing::error!(%error, "no search can be accepted"),
            (true, None) => tracing::info!(durability = %self.durability, "searches can be accepted"),
            (false, _) => {}
        }
    }

    async fn commit(&mut self, mut batch: Vec<Waiting>, mut connection: MultiplexedConnection) {
        // Whoever has gone away meanwhile is told nothing any more, so nothing should run for him.
        batch.retain(|waiting| !waiting.outcome.is_closed());
        if batch.is_empty() {
            return;
        }
        let (pipe, ends) = self.pipeline(&batch);
        let begun = Instant::now();
        let replies = pipe.query_async::<Vec<RedisResult<Value>>>(&mut connection).await;
        self.waited = begun.elapsed();
        let all_well = match replies {
            Ok(replies) => answer(batch, &ends, replies),
            Err(error) => {
                let error = BrokerError::from(error);
                for waiting in batch {
                    waiting.answer(Err(error.clone()));
                }
                false
            }
        };
        // Whatever was wrong, the next batch begins with another look at Redis, perhaps at another one.
        if !all_well {
            self.link = None;
        }
    }

    /// A pipeline of these submissions with a wait behind them, and behind which of its commands each ends.
    fn pipeline(&self, batch: &[Waiting]) -> (Pipeline, Vec<usize>) {
        let mut pipe = redis::pipe();
        pipe.ignore_errors();
        let may_only_read = batch.iter().any(|waiting| waiting.sharing.is_some());
        if may_only_read {
            pipe.load_script(&self.broker.scripts.submit_shared).ignore();
        }
        let skipped = pipe.len();
        let mut ends = Vec::with_capacity(batch.len());
        for Waiting { job, sharing, .. } in batch {
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
            // An earlier search that stands for a new one was perhaps not kept yet. What is written now is behind it.
            pipe.cmd("SET").arg(FENCE).arg(1).ignore();
        }
        pipe.add_command(self.durability.wait(WAIT));
        (pipe, ends)
    }
}

/// Tells everyone what became of his submission, and whether all went well.
fn answer(batch: Vec<Waiting>, ends: &[usize], mut replies: Vec<RedisResult<Value>>) -> bool {
    let kept = match replies.pop() {
        Some(Ok(reply)) => Durability::is_kept(reply),
        Some(Err(error)) => Err(error.into()),
        None => Ok(false),
    };
    let mut all_well = true;
    let mut replies = replies.into_iter();
    let mut begin = 0;
    for (waiting, end) in batch.into_iter().zip(ends) {
        let mine: RedisResult<Vec<Value>> = replies.by_ref().take(end - begin).collect();
        begin = *end;
        let outcome = match (mine, &kept) {
            (Err(error), _) => Err(error.into()),
            (Ok(_), Err(error)) => Err(error.clone()),
            (Ok(_), Ok(false)) => Err(BrokerError::Unconfirmed),
            (Ok(replies), Ok(true)) => waiting.submission(replies),
        };
        all_well &= outcome.is_ok();
        waiting.answer(outcome);
    }
    all_well
}

/// Refuses what is submitted within `pause`. `None` if nobody can submit any more.
async fn refuse(
    submissions: &mut mpsc::Receiver<Waiting>,
    error: &BrokerError,
    pause: Duration,
) -> Option<()> {
    let refusals = async {
        while let Some(waiting) = submissions.recv().await {
            waiting.answer(Err(error.clone()));
        }
    };
    timeout(pause, refusals).await.is_err().then_some(())
}

impl Waiting {
    /// What the replies to its commands say.
    fn submission(&self, replies: Vec<Value>) -> Result<Submission, BrokerError> {
        match (&self.sharing, replies.into_iter().next()) {
            (Some(_), Some(reply)) => Ok(Submission::from_redis_value(reply)?),
            _ => Ok(Submission::New),
        }
    }

    /// Whoever does not wait any more is told nothing.
    fn answer(self, outcome: Result<Submission, BrokerError>) {
        let _ = self.outcome.send(outcome);
    }
}
