//! Stops calls to a supplier that keeps failing.
//!
//! | state | calls | next state |
//! | --- | --- | --- |
//! | closed | allowed | open, after a number of consecutive failures |
//! | open | refused | half-open, with the first call after `open_ms` |
//! | half-open | one, the probe | closed if the probe succeeds; open if it fails |
//!
//! We don't use a crate: those on crates.io read the system's clock, which tests can't pause, or never leave
//! half-open when the probe is cancelled.

use std::{
    error::Error,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::SupplierCode;
use tokio::time::Instant;
use tracing::warn;

use crate::error::cause;

/// The circuit breaker of one supplier.
pub(super) struct CircuitBreaker {
    supplier: SupplierCode,
    /// How many consecutive failures open it; 0 for never.
    max_failures: u32,
    open_for: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed { failures: u32 },
    Open { since: Instant },
    HalfOpen { open_since: Instant },
}

/// A call in progress. Report its result with [`succeeded`](Self::succeeded) or [`failed`](Self::failed); dropping it
/// reports nothing. If it is the probe, dropping it lets the next call be the probe.
pub(super) struct BreakerCall<'a> {
    breaker: &'a CircuitBreaker,
    is_probe: bool,
}

impl CircuitBreaker {
    /// A closed circuit breaker. It opens after `max_failures` consecutive failures; 0 for never.
    pub(super) fn new(supplier: SupplierCode, max_failures: u32, open_for: Duration) -> Self {
        Self { supplier, max_failures, open_for, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Whether [`start_call`](Self::start_call) would start a call.
    pub(super) fn allows_calls(&self) -> bool {
        match *self.state() {
            State::Closed { .. } => true,
            State::Open { since } => since.elapsed() >= self.open_for,
            State::HalfOpen { .. } => false,
        }
    }

    /// Starts a call, unless calls are refused.
    pub(super) fn start_call(&self) -> Option<BreakerCall<'_>> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Some(BreakerCall { breaker: self, is_probe: false }),
            State::Open { since } if since.elapsed() >= self.open_for => {
                *state = State::HalfOpen { open_since: since };
                Some(BreakerCall { breaker: self, is_probe: true })
            }
            State::Open { .. } | State::HalfOpen { .. } => None,
        }
    }

    /// Whether all calls are made.
    pub(super) fn is_closed(&self) -> bool {
        matches!(*self.state(), State::Closed { .. })
    }

    /// The name of the state, as a label.
    pub(super) fn state_name(&self) -> &'static str {
        match *self.state() {
            State::Closed { .. } => "closed",
            State::HalfOpen { .. } => "half_open",
            State::Open { .. } => "open",
        }
    }

    fn open(&self, state: &mut State, error: &(dyn Error + 'static)) {
        *state = State::Open { since: Instant::now() };
        warn!(supplier = %self.supplier, open_for = ?self.open_for, cause = cause(error),
            "supplier keeps failing, breaker opens");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BreakerCall<'_> {
    /// Reports a success. Closes the circuit breaker if this is the probe.
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

    /// Reports a failure. Ignored if the circuit breaker opened during the call.
    pub(super) fn failed(mut self, error: &(dyn Error + 'static)) {
        let mut state = self.breaker.state();
        match &mut *state {
            State::Closed { failures } => {
                *failures = failures.saturating_add(1);
                if self.breaker.max_failures > 0 && *failures >= self.breaker.max_failures {
                    self.breaker.open(&mut state, error);
                }
            }
            State::HalfOpen { .. } if self.is_probe => self.breaker.open(&mut state, error),
            State::Open { .. } | State::HalfOpen { .. } => {}
        }
        self.is_probe = false;
    }
}

impl Drop for BreakerCall<'_> {
    fn drop(&mut self) {
        if !self.is_probe {
            return;
        }
        let mut state = self.breaker.state();
        if let State::HalfOpen { open_since } = *state {
            *state = State::Open { since: open_since };
        }
    }
}

#[cfg(test)]
mod tests;
