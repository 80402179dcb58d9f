//! Limits how often the same problem is logged.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The default limit of lines per [`WINDOW`].
const MAX_LINES: u32 = 5;

/// A window starts with its first line.
const WINDOW: Duration = Duration::from_secs(10);

/// Allows a few lines in ten seconds and counts the others. The default is five.
///
/// ```
/// # use log_throttle::LogThrottle;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let throttle = LogThrottle::new(1);
/// assert_eq!(throttle.allow(), Some(0));
/// assert_eq!(throttle.allow(), None);
/// # });
/// ```
#[derive(Debug)]
pub struct LogThrottle {
    max_lines: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    window_start: Option<Instant>,
    /// Lines logged in this window.
    logged: u32,
    /// Lines suppressed since the last logged one.
    suppressed: u64,
}

impl LogThrottle {
    /// Allows at most `max_lines` lines in ten seconds.
    #[must_use]
    pub fn new(max_lines: u32) -> Self {
        Self { max_lines, state: Mutex::default() }
    }

    /// `Some` if a line may be logged now, with the number of lines suppressed since the last one.
    pub fn allow(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.window_start.is_none_or(|start| start.elapsed() >= WINDOW) {
            (state.window_start, state.logged) = (Some(Instant::now()), 0);
        }
        if state.logged >= self.max_lines {
            state.suppressed += 1;
            return None;
        }
        state.logged += 1;
        Some(std::mem::take(&mut state.suppressed))
    }
}

impl Default for LogThrottle {
    fn default() -> Self {
        Self::new(MAX_LINES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lines_are_few_and_report_how_many_were_suppressed() {
        let throttle = LogThrottle::default();
        let allowed: Vec<_> = (0..100).map(|_| throttle.allow()).collect();
        assert_eq!(allowed.iter().flatten().collect::<Vec<_>>(), [&0; 5]);
        tokio::time::advance(WINDOW).await;
        assert_eq!([throttle.allow(), throttle.allow()], [Some(95), Some(0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_lines_can_be_chosen() {
        let throttle = LogThrottle::new(1);
        assert_eq!([throttle.allow(), throttle.allow()], [Some(0), None]);
        tokio::time::advance(WINDOW).await;
        assert_eq!(throttle.allow(), Some(1));
    }
}
