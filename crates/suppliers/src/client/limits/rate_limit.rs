use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::{Instant, sleep},
};

use crate::file::settings::RateLimitSettings;

/// At most `calls` start in any period of length `per`. Of these, `burst` may start together; the others are spread
/// evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) calls: NonZeroU32,
    pub(crate) per: Duration,
    pub(crate) burst: NonZeroU32,
}

impl From<RateLimitSettings> for Rate {
    fn from(RateLimitSettings { calls, per, burst }: RateLimitSettings) -> Self {
        Self { calls, per: per.0, burst }
    }
}

/// A rate limit with a queue: only the first in the queue waits for the limiter.
pub(super) struct RateLimit {
    queue: Mutex<()>,
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>,
}

impl RateLimit {
    /// `None` if the rate is too high to limit anything.
    pub(super) fn new(rate: Rate) -> Option<Self> {
        // A period that starts with a burst has room for `calls - burst` more calls. Dividing it by one more keeps
        // the next call after these out of the period.
        let spread = rate.calls.get().saturating_sub(rate.burst.get()).saturating_add(1);
        let quota = Quota::with_period(rate.per / spread)?.allow_burst(rate.burst);
        let limiter = RateLimiter::direct_with_clock(quota, TokioClock::default());
        Some(Self { queue: Mutex::new(()), limiter })
    }

    /// Waits to be the first in the queue. Holding the guard keeps the position.
    pub(super) async fn queue(&self) -> MutexGuard<'_, ()> {
        self.queue.lock().await
    }

    /// Waits until the next call may start. Only for the first in the queue.
    pub(super) async fn wait(&self) {
        while let Err(not_until) = self.limiter.check() {
            sleep(not_until.wait_time_from(self.limiter.clock().now())).await;
        }
    }
}

/// Tokio's clock, which tests can pause.
#[derive(Clone, Copy, Debug)]
struct TokioClock {
    start: Instant,
}

impl Default for TokioClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}
