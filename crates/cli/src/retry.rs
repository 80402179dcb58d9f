//! How long to wait before a retry, and when to give up.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// The longest pause, unless the server asks for a longer one.
const MAX_DELAY: Duration = Duration::from_secs(15);
/// The longest pause a server can ask for.
pub(crate) const MAX_SERVER_DELAY: Duration = Duration::from_mins(1);

/// Pauses between attempts. Each is twice the one before, until an attempt succeeds.
#[derive(Debug)]
pub(crate) struct Retry {
    delays: ExponentialBuilder,
    /// Failures in a row.
    failures: usize,
}

impl Retry {
    /// Gives up after `max_failures` in a row. The first pause is `min_delay`.
    pub(crate) fn new(max_failures: usize, min_delay: Duration) -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(min_delay)
            .with_max_delay(MAX_DELAY)
            .with_max_times(max_failures.saturating_sub(1));
        Self { delays, failures: 0 }
    }

    /// Sets the first pause, as the server asked. Failures so far still count.
    pub(crate) fn set_min_delay(&mut self, delay: Duration) {
        let delay = delay.min(MAX_SERVER_DELAY);
        self.delays = self.delays.with_min_delay(delay).with_max_delay(MAX_DELAY.max(delay));
    }

    /// Starts over after a success.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause before the next attempt; `None` after too many failures in a row.
    pub(crate) fn next_delay(&mut self) -> Option<Duration> {
        let delay = self.delays.build().nth(self.failures);
        self.failures += 1;
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(mut retry: Retry) -> Vec<u64> {
        std::iter::from_fn(|| retry.next_delay()).map(|delay| delay.as_secs()).collect()
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_end() {
        assert_eq!(delays(Retry::new(8, Duration::from_secs(1))), [1, 2, 4, 8, 15, 15, 15]);
    }

    #[test]
    fn a_server_may_ask_for_longer_pauses_up_to_a_limit() {
        let mut retry = Retry::new(4, Duration::from_secs(1));
        retry.set_min_delay(Duration::from_secs(20));
        assert_eq!(delays(retry), [20, 20, 20]);
        let mut retry = Retry::new(2, Duration::from_secs(1));
        retry.set_min_delay(Duration::from_secs(100_000));
        assert_eq!(delays(retry), [60]);
    }

    #[test]
    fn a_success_starts_over() {
        let mut retry = Retry::new(3, Duration::from_secs(1));
        assert!(retry.next_delay().is_some() && retry.next_delay().is_some());
        assert_eq!(retry.next_delay(), None);
        retry.reset();
        assert_eq!(retry.next_delay(), Some(Duration::from_secs(1)));
    }
}
