use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::error::{SupplierError, cause};

/// How a supplier is doing, for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierHealth {
    /// The supplier's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The state of its circuit breaker: `closed`, `half_open` or `open`.
    pub breaker: &'static str,
    /// Calls in progress.
    pub in_flight: u64,
    /// Calls so far.
    pub calls: u64,
    /// How many of them failed. Calls that a search's deadline cut short don't count as failed.
    pub failures: u64,
    /// How long ago the last call failed, and why, on one line.
    pub last_error: Option<(Duration, String)>,
}

/// The calls in progress, and the last failure.
#[derive(Debug, Default)]
pub(super) struct Activity {
    in_flight: AtomicU64,
    last_error: Mutex<Option<(Instant, String)>>,
}

/// Counts as a call in progress until it is dropped.
pub(super) struct CallInFlight<'a>(&'a Activity);

impl Activity {
    pub(super) fn start_call(&self) -> CallInFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        CallInFlight(self)
    }

    pub(super) fn failed(&self, error: &SupplierError) {
        let failure = Some((Instant::now(), cause(error)));
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::Relaxed)
    }

    pub(super) fn last_error(&self) -> Option<(Duration, String)> {
        let last = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|(at, cause)| (at.elapsed(), cause.clone()))
    }
}

impl Drop for CallInFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
