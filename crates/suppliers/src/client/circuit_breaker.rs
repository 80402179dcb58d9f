//! Leaves a supplier alone that keeps failing.
//!
//! Closed, calls go through, and so many failures in a row open it. Open, none does, for a while. Then one call
//! probes: if it succeeds the breaker closes, otherwise it stays open for another while.
//!
//! Own code, as the breakers on crates.io read the system's clock, which tests can't pause, or forget a probe
//! whose caller went away.

use std::{
    error::Error,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::SupplierCode;
use tokio::time::Instant;
use tracing::warn;

use crate::log_throttle::cause;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BreakerSettings {
    /// So many failures in a row open it; 0: nothing does.
    pub(super) failures: u32,
    /// How long it stays open before a call probes.
    pub(super) open: Duration,
}

/// One supplier's breaker.
pub(super) struct Breaker {
    supplier: SupplierCode,
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed { failures: u32 },
    Open { since: Instant },
    Probing { since: Instant },
}

/// A call under way. Dropped without a verdict it says nothing about the supplier, and a probe's place is free
/// for the next call.
pub(super) struct Call<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
}

impl Breaker {
    /// A closed breaker.
    pub(super) fn new(supplier: SupplierCode, settings: BreakerSettings) -> Self {
        Self { supplier, settings, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Whether a call made now would go through.
    pub(super) fn lets_through(&self) -> bool {
        match *self.state() {
            State::Closed { .. } => true,
            State::Open { since } => since.elapsed() >= self.settings.open,
            State::Probing { .. } => false,
        }
    }

    /// Begins a call, if it goes through.
    pub(super) fn call(&self) -> Option<Call<'_>> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Some(Call { breaker: self, is_probe: false }),
            State::Open { since } if since.elapsed() >= self.settings.open => {
                *state = State::Probing { since };
                Some(Call { breaker: self, is_probe: true })
            }
            State::Open { .. } | State::Probing { .. } => None,
        }
    }

    fn open(&self, state: &mut State, error: &(dyn Error + 'static)) {
        *state = State::Open { since: Instant::now() };
        warn!(supplier = %self.supplier, open_for = ?self.settings.open, cause = cause(error),
            "supplier keeps failing, breaker opens");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call<'_> {
    /// The supplier did its work.
    pub(super) fn succeeded(mut self) {
        let mut state = self.breaker.state();
        if self.is_probe {
            warn!(supplier = %self.breaker.supplier, "supplier works again, breaker closes");
            *state = State::Closed { failures: 0 };
        } else if let State::Closed { failures } = &mut *state {
            *failures = 0;
        }
        self.is_probe = false;
    }

    /// The supplier did not, for this reason. What a call says that began before the breaker opened is no news any more.
    pub(super) fn failed(mut self, error: &(dyn Error + 'static)) {
        let mut state = self.breaker.state();
        match &mut *state {
            State::Closed { failures } => {
                *failures = failures.saturating_add(1);
                if self.breaker.settings.failures > 0 && *failures >= self.breaker.settings.failures {
                    self.breaker.open(&mut state, error);
                }
            }
            State::Probing { .. } if self.is_probe => self.breaker.open(&mut state, error),
            State::Open { .. } | State::Probing { .. } => {}
        }
        self.is_probe = false;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.is_probe {
            return;
        }
        let mut state = self.breaker.state();
        if let State::Probing { since } = *state {
            *state = State::Open { since };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::SupplierError;

    const OPEN: Duration = Duration::from_secs(10);

    fn breaker(failures: u32) -> Breaker {
        Breaker::new("GA".parse().unwrap(), BreakerSettings { failures, open: OPEN })
    }

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.call().unwrap().failed(&SupplierError::Timeout);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it_for_a_while() {
        let breaker = breaker(3);
        fail(&breaker, 2);
        breaker.call().unwrap().succeeded();
        fail(&breaker, 2);
        assert!(breaker.lets_through());
        fail(&breaker, 1);
        assert!(!breaker.lets_through() && breaker.call().is_none());
        advance(OPEN.saturating_sub(Duration::from_millis(1))).await;
        assert!(!breaker.lets_through());
        advance(Duration::from_millis(1)).await;
        assert!(breaker.lets_through());
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_at_a_time_decides_whether_it_closes() {
        let breaker = breaker(1);
        fail(&breaker, 1);
        advance(OPEN).await;
        let probe = breaker.call().unwrap();
        assert!(!breaker.lets_through() && breaker.call().is_none());
        probe.failed(&SupplierError::Timeout);
        assert!(breaker.call().is_none());

        advance(OPEN).await;
        breaker.call().unwrap().succeeded();
        assert!(breaker.call().is_some() && breaker.call().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_leaves_its_place_to_the_next() {
        let breaker = breaker(1);
        fail(&breaker, 1);
        advance(OPEN).await;
        drop(breaker.call().unwrap());
        breaker.call().unwrap().succeeded();
        assert!(breaker.lets_through());
    }

    #[tokio::test(start_paused = true)]
    async fn calls_from_before_it_opened_neither_close_it_nor_keep_it_open() {
        let breaker = breaker(1);
        let (first, second, third) =
            (breaker.call().unwrap(), breaker.call().unwrap(), breaker.call().unwrap());
        first.failed(&SupplierError::Timeout);
        second.succeeded();
        assert!(breaker.call().is_none());
        advance(OPEN).await;
        let probe = breaker.call().unwrap();
        third.failed(&SupplierError::Timeout);
        probe.succeeded();
        assert!(breaker.lets_through());
    }

    #[test]
    fn without_a_number_it_never_opens() {
        let breaker = breaker(0);
        fail(&breaker, 1000);
        assert!(breaker.lets_through());
    }
}
