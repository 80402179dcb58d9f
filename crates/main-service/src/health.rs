//! Whether the gateway can do its work: what its tasks last saw of Redis and the workers, so that requests need not ask.

mod fitness;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use broker::{BrokerError, Checkup};
use tokio::time::Instant;

use fitness::Fitness;

/// The maximum age of a successful check: this long, or this many request timeouts if that is longer. The tail checks
/// once a second, the watch ten times.
const FRESH: (Duration, u32) = (Duration::from_secs(3), 3);

/// The gateway's health.
#[derive(Debug)]
pub(crate) struct Health {
    /// Whether Redis is set up correctly, and whether workers are alive.
    pub(crate) fitness: Fitness,
    /// The maximum age of a successful check.
    fresh: Duration,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    redis_answered: Option<Instant>,
    /// Its last error.
    redis_said: Option<String>,
    tail_moved: Option<Instant>,
}

impl Health {
    /// No check yet. `timeout` is that of a request to Redis.
    pub(crate) fn new(timeout: Duration) -> Self {
        let fresh = FRESH.0.max(timeout * FRESH.1);
        Self { fitness: Fitness::default(), fresh, seen: Mutex::default() }
    }

    /// Redis has answered.
    pub(crate) fn redis_answered(&self) {
        self.fitness.redis_answered();
        self.seen().redis_answered = Some(Instant::now());
    }

    /// Redis did not answer, or refused a command that is needed.
    pub(crate) fn redis_failed(&self, error: &BrokerError) {
        self.fitness.redis_failed();
        let mut seen = self.seen();
        seen.redis_answered = None;
        seen.redis_said = error.refusal_code().map(|code| format!("Redis takes no writes ({code})"));
    }

    /// Whether Redis answered recently.
    pub(crate) fn redis_answers(&self) -> bool {
        self.is_fresh(self.seen().redis_answered)
    }

    /// The tail has read the result log to its end.
    pub(crate) fn tail_moved(&self) {
        self.seen().tail_moved = Some(Instant::now());
    }

    /// The tail has lost its connection.
    pub(crate) fn tail_stopped(&self) {
        self.seen().tail_moved = None;
    }

    /// Stores a checkup of Redis. Returns whether it shows that Redis has recovered from a problem.
    pub(crate) fn recovers(&self, checkup: &Checkup) -> bool {
        let was_failing = self.fitness.failing().is_some();
        self.fitness.examined(checkup);
        was_failing && self.fitness.failing().is_none()
    }

    /// Why the gateway can't do its work; `None` if it can. Overload is no reason: it affects all gateways, and taking
    /// all of them out would not help.
    pub(crate) fn problem(&self) -> Option<String> {
        let failing = self.fitness.failing();
        let seen = self.seen();
        if failing.is_some() {
            failing
        } else if !self.is_fresh(seen.redis_answered) {
            Some(seen.redis_said.clone().unwrap_or_else(|| "Redis does not answer".into()))
        } else if !self.is_fresh(seen.tail_moved) {
            Some("the result tail is not moving".into())
        } else {
            None
        }
    }

    fn is_fresh(&self, checked: Option<Instant>) -> bool {
        checked.is_some_and(|at| at.elapsed() < self.fresh)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
