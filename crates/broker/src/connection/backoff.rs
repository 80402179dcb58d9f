use std::time::Duration;

use rand::RngExt;

/// The first pause of a [`Backoff`].
const FIRST: Duration = Duration::from_millis(50);
/// Its longest: how late a service may notice that Redis is back.
const LONGEST: Duration = Duration::from_secs(1);

/// Pauses between attempts: doubling from 50 ms to 1 s, each up to half shorter at random, so that a fleet does
/// not come back at once.
#[derive(Debug, Default)]
pub struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// How long to wait before the next attempt.
    pub fn next_pause(&mut self) -> Duration {
        let pause = FIRST.saturating_mul(1 << self.attempts.min(10)).min(LONGEST);
        self.attempts = self.attempts.saturating_add(1);
        pause.mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    /// Waits for [`next_pause`](Self::next_pause).
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.next_pause()).await;
    }

    /// How many pauses there were since the last success.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_a_second_and_starts_over() {
        let mut backoff = Backoff::default();
        assert!(backoff.next_pause() <= FIRST);
        for _ in 0..40 {
            assert!(backoff.next_pause() <= LONGEST);
        }
        assert!(backoff.next_pause() >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.next_pause() <= FIRST);
    }
}
