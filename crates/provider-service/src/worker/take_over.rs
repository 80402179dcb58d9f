//! Takes over the jobs of dead workers, before reading new jobs: their clients have waited longer.

use std::time::Duration;

use broker::{BrokerError, jobs::Delivery};
use tokio::time::Instant;

use super::context::Context;

/// The longest pause between two attempts.
const MAX_INTERVAL: Duration = Duration::from_secs(5);

/// When to take over jobs whose lease has run out.
///
/// Leases also run out while Redis is away, when their workers can't renew them. So after an error we wait until Redis
/// has answered for a whole lease: by then every live worker has renewed its own.
#[derive(Debug)]
pub(super) struct TakeOver {
    lease: Duration,
    /// How long Redis must still answer before the next attempt.
    wait: Duration,
    /// When Redis last answered. `None` after an error.
    last_reply: Option<Instant>,
    /// An error since the last attempt has set `wait` to a lease. Further errors do not: on an unreliable link, `wait`
    /// would never end.
    is_delayed: bool,
}

impl TakeOver {
    /// The first attempt is due at once.
    pub(super) fn new(lease: Duration) -> Self {
        Self { lease, wait: Duration::ZERO, last_reply: None, is_delayed: false }
    }

    /// Call this after each successful request.
    pub(super) fn on_reply(&mut self) {
        let now = Instant::now();
        if let Some(last_reply) = self.last_reply.replace(now) {
            self.wait = self.wait.saturating_sub(now - last_reply);
        }
    }

    /// Call this after each failed request.
    pub(super) fn on_error(&mut self) {
        self.last_reply = None;
        if !self.is_delayed {
            self.is_delayed = true;
            self.wait = self.wait.max(self.lease);
        }
    }

    /// Takes over up to `max` jobs if an attempt is due.
    pub(super) async fn when_due(
        &mut self,
        context: &Context,
        max: usize,
    ) -> Result<Vec<Delivery>, BrokerError> {
        if !self.wait.is_zero() {
            return Ok(Vec::new());
        }
        let (in_progress, declined) = (&context.in_progress, &context.declined);
        let is_skipped = |entry| in_progress.contains(entry) || declined.contains(entry);
        let max_skipped = in_progress.len() + declined.len();
        let jobs = match context.leases.take_over(self.lease, max, max_skipped, is_skipped).await {
            // Without a group there are no jobs. The next read creates it.
            Err(BrokerError::NoGroup(_)) => Vec::new(),
            jobs => jobs?,
        };
        self.is_delayed = false;
        // If there are `max` jobs, there may be more: try again at once.
        if jobs.len() < max {
            self.wait = (self.lease / 3).min(MAX_INTERVAL);
        }
        if !jobs.is_empty() {
            context.metrics.taken_over(jobs.len());
            tracing::info!(jobs = jobs.len(), "took over jobs of a dead worker");
        }
        Ok(jobs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(6);

    async fn answers_for(take_over: &mut TakeOver, time: Duration) {
        take_over.on_reply();
        tokio::time::sleep(time).await;
        take_over.on_reply();
    }

    #[tokio::test(start_paused = true)]
    async fn after_an_error_redis_must_answer_for_a_lease() {
        let mut take_over = TakeOver::new(LEASE);
        take_over.on_error();
        tokio::time::sleep(10 * LEASE).await;
        answers_for(&mut take_over, LEASE / 2).await;
        assert_eq!(take_over.wait, LEASE / 2, "the time that Redis was away does not count");
        answers_for(&mut take_over, LEASE / 2).await;
        assert!(take_over.wait.is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_fails_now_and_then_does_not_put_it_off_for_ever() {
        let mut take_over = TakeOver::new(LEASE);
        for _ in 0..4 {
            take_over.on_error();
            answers_for(&mut take_over, LEASE / 3).await;
        }
        assert!(take_over.wait.is_zero());
    }
}
