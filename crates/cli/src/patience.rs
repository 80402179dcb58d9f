//! How long to wait before the next try, and when to give up.

use std::time::Duration;

/// The longest pause that is the client's own choice; a server may ask for a longer one.
const LONGEST: Duration = Duration::from_secs(15);
/// The longest pause a server can ask for. Past this one would rather be told that it failed.
pub(crate) const LONGEST_ASKED: Duration = Duration::from_mins(1);

/// Counts failures in a row; each pause is twice the one before.
#[derive(Debug)]
pub(crate) struct Patience {
    pause: Duration,
    failures: u32,
    tries: u32,
}

impl Patience {
    /// Gives up when `tries` in a row have failed; the first pause is `pause`.
    pub(crate) fn new(tries: u32, pause: Duration) -> Self {
        Self { pause, failures: 0, tries }
    }

    /// The server names the pause.
    pub(crate) fn asked_for(&mut self, pause: Duration) {
        self.pause = pause.min(LONGEST_ASKED);
    }

    /// It goes on: what failed before no longer counts.
    pub(crate) fn restore(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after a failure; `None` when it was one too many.
    pub(crate) fn after_failure(&mut self) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= self.tries {
            return None;
        }
        let doubled = self.pause.saturating_mul(1 << (self.failures - 1).min(16));
        Some(doubled.min(LONGEST.max(self.pause)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(mut patience: Patience) -> Vec<u64> {
        std::iter::from_fn(|| patience.after_failure()).map(|pause| pause.as_secs()).collect()
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_end() {
        assert_eq!(pauses(Patience::new(8, Duration::from_secs(1))), [1, 2, 4, 8, 15, 15, 15]);
    }

    #[test]
    fn a_server_may_ask_for_longer_ones_but_not_for_ever() {
        let mut patience = Patience::new(4, Duration::from_secs(1));
        patience.asked_for(Duration::from_secs(20));
        assert_eq!(pauses(patience), [20, 20, 20]);
        let mut patience = Patience::new(2, Duration::from_secs(1));
        patience.asked_for(Duration::from_secs(100_000));
        assert_eq!(pauses(patience), [60]);
    }

    #[test]
    fn success_starts_the_count_anew() {
        let mut patience = Patience::new(3, Duration::from_secs(1));
        assert!(patience.after_failure().is_some() && patience.after_failure().is_some());
        patience.restore();
        assert_eq!(patience.after_failure(), Some(Duration::from_secs(1)));
    }
}
