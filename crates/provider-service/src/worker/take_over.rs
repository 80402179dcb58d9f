//! Takes over the jobs of dead workers. That comes before new work: who waits for them has waited for longer.

use std::time::Duration;

use broker::{BrokerError, jobs::Delivery};
use tokio::time::Instant;

use super::Context;

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// When to look for jobs that nobody has renewed.
///
/// While Redis is away, leases run on and nobody can renew them. So only time in which Redis answers counts, and after an
/// error it must have answered for a whole lease: enough for all that live to renew.
#[derive(Debug)]
pub(super) struct TakeOver {
    lease: Duration,
    /// For how long Redis must still answer before the next look.
    wait: Duration,
    /// When Redis answered last, unless there was an error since.
    answered: Option<Instant>,
    /// There was an error since the last look. Further ones do not lengthen the wait, or a link that fails now and then
    /// would put it off for ever.
    is_delayed: bool,
}

impl TakeOver {
    /// To be looked for at once.
    pub(super) fn new(lease: Duration) -> Self {
        Self { lease, wait: Duration::ZERO, answered: None, is_delayed: false }
    }

    /// Redis has answered.
    pub(super) fn on_answer(&mut self) {
        let now = Instant::now();
        if let Some(answered) = self.answered.replace(now) {
            self.wait = self.wait.saturating_sub(now - answered);
        }
    }

    /// Redis has not answered, or not what was asked.
    pub(super) fn on_error(&mut self) {
        self.answered = None;
        if !self.is_delayed {
            self.is_delayed = true;
            self.wait = self.wait.max(self.lease);
        }
    }

    /// Takes over up to `room` jobs if it is time to; none if there are none.
    pub(super) async fn when_due(
        &mut self,
        context: &Context,
        room: usize,
    ) -> Result<Vec<Delivery>, BrokerError> {
        if !self.wait.is_zero() {
            return Ok(Vec::new());
        }
        let (in_hand, declined) = (&context.in_hand, &context.declined);
        let passed_by = |entry| in_hand.has(entry) || declined.has(entry);
        let held = in_hand.len() + declined.len();
        let taken = context.leases.take_over(self.lease, room, held, passed_by).await;
        let taken = match taken {
            // There is nothing to take over. The reader makes the group anew.
            Err(BrokerError::NoGroup(_)) => Vec::new(),
            taken => taken?,
        };
        self.is_delayed = false;
        // As many as there was room for: there may be more.
        if taken.len() < room {
            self.wait = (self.lease / 3).min(LONGEST_PAUSE);
        }
        if !taken.is_empty() {
            tracing::info!(jobs = taken.len(), "took over jobs of a dead worker");
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(6);

    async fn answers_for(take_over: &mut TakeOver, time: Duration) {
        take_over.on_answer();
        tokio::time::sleep(time).await;
        take_over.on_answer();
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
