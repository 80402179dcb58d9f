use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// Jitter adds up to the delay itself, so the first pause is at most 50 ms.
const MIN_DELAY: Duration = Duration::from_millis(25);
/// With jitter, a service notices within a second that Redis is back.
const MAX_DELAY: Duration = Duration::from_millis(500);
/// Log every this many attempts. With the longest pauses, that is about every 15 s.
const LOG_EVERY: u32 = 20;

/// Pauses between attempts: they double from 50 ms to 1 s, less up to half at random, so that processes do not retry
/// in step.
#[derive(Debug)]
pub struct Backoff {
    delays: ExponentialBackoff,
    attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(MIN_DELAY)
            .with_max_delay(MAX_DELAY)
            .without_max_times()
            .with_jitter();
        Self { delays: delays.build(), attempts: 0 }
    }
}

impl Backoff {
    /// Returns the pause before the next attempt.
    pub fn next_pause(&mut self) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        // There is always a next one.
        self.delays.next().unwrap_or(MAX_DELAY)
    }

    /// Waits before the next attempt.
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.next_pause()).await;
    }

    /// The number of failed attempts since the last success.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether to log this failure: the first one, and then one every few seconds.
    #[must_use]
    pub fn should_log(&self) -> bool {
        self.attempts.is_multiple_of(LOG_EVERY)
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_a_second_and_starts_over() {
        let mut backoff = Backoff::default();
        assert!(backoff.next_pause() <= 2 * MIN_DELAY);
        for _ in 0..40 {
            assert!(backoff.next_pause() <= 2 * MAX_DELAY);
        }
        assert!(backoff.next_pause() >= MAX_DELAY);
        backoff.reset();
        assert!(backoff.next_pause() <= 2 * MIN_DELAY);
    }
}
