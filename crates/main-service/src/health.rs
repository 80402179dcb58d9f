//! Whether the gateway is of use: what its tasks have seen of Redis and the workers of late, so that requests need not
//! ask.

mod fitness;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use broker::{BrokerError, Checkup};
use tokio::time::Instant;

use fitness::Fitness;

/// How old a sign of life may be, at least, and in times of a request to Redis. The tail gives one every second, the
/// watch ten.
const FRESH: (Duration, u32) = (Duration::from_secs(3), 3);

/// The gateway's health.
#[derive(Debug)]
pub(crate) struct Health {
    /// Whether Redis is set up for use, and whether there are workers.
    pub(crate) fitness: Fitness,
    /// How old a sign of life may be.
    fresh: Duration,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    redis_answered: Option<Instant>,
    /// What it said when it last failed.
    redis_said: Option<String>,
    tail_moved: Option<Instant>,
}

impl Health {
    /// Nothing seen yet. A request to Redis may take `timeout`.
    pub(crate) fn new(timeout: Duration) -> Self {
        let fresh = FRESH.0.max(timeout * FRESH.1);
        Self { fitness: Fitness::default(), fresh, seen: Mutex::default() }
    }

    /// Redis has answered.
    pub(crate) fn redis_answered(&self) {
        self.seen().redis_answered = Some(Instant::now());
    }

    /// Redis did not answer, or refused what it must do.
    pub(crate) fn redis_failed(&self, error: &BrokerError) {
        self.fitness.redis_failed();
        let mut seen = self.seen();
        seen.redis_answered = None;
        seen.redis_said = error.refusal_code().map(|code| format!("Redis takes no writes ({code})"));
    }

    /// Whether Redis has answered of late.
    pub(crate) fn redis_answers(&self) -> bool {
        self.is_fresh(self.seen().redis_answered)
    }

    /// The tail of the result log has read what there was.
    pub(crate) fn tail_moved(&self) {
        self.seen().tail_moved = Some(Instant::now());
    }

    /// The tail has lost its connection.
    pub(crate) fn tail_stopped(&self) {
        self.seen().tail_moved = None;
    }

    /// Notes a checkup of Redis. Tells whether Redis has recovered from what made it unfit.
    pub(crate) fn recovers(&self, checkup: &Checkup) -> bool {
        let was_failing = self.fitness.failing().is_some();
        self.fitness.examined(checkup);
        was_failing && self.fitness.failing().is_none()
    }

    /// What keeps the gateway from being of use, if anything does. Overload does not: where one gateway has too much to
    /// do, all have, and to take all of them out helps nobody.
    pub(crate) fn trouble(&self) -> Option<String> {
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

    fn is_fresh(&self, sign: Option<Instant>) -> bool {
        sign.is_some_and(|at| at.elapsed() < self.fresh)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
