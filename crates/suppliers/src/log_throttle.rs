//! Limits how many lines are logged about one supplier.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// At most this many lines are logged per [`WINDOW`].
const MAX_LINES: u32 = 5;

/// A window starts with its first line.
const WINDOW: Duration = Duration::from_secs(10);

/// Allows five lines in ten seconds and counts the others.
#[derive(Debug, Default)]
pub(crate) struct LogThrottle(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    window_start: Option<Instant>,
    /// Lines logged in this window.
    logged: u32,
    /// Lines suppressed since the last logged one.
    suppressed: u64,
}

impl LogThrottle {
    /// `Some` if a line may be logged now, with the number of lines suppressed since the last one.
    pub(crate) fn allow(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.window_start.is_none_or(|start| start.elapsed() >= WINDOW) {
            (state.window_start, state.logged) = (Some(Instant::now()), 0);
        }
        if state.logged >= MAX_LINES {
            state.suppressed += 1;
            return None;
        }
        state.logged += 1;
        Some(std::mem::take(&mut state.suppressed))
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
}
