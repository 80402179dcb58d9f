//! How many calls a supplier gets at once, and how many in a while. Limits are per process: of two workers each
//! has them.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use tokio::{
    sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit},
    time::{Instant, sleep},
};

/// How many calls there may be in a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    /// At most so many calls begin in any `per`.
    pub(super) calls: NonZeroU32,
    /// The length of the while.
    pub(super) per: Duration,
    /// So many of them may begin at once; the others are spread evenly.
    pub(super) burst: NonZeroU32,
}

/// One supplier's limits.
pub(super) struct Limits {
    slots: Option<Semaphore>,
    pace: Option<Pace>,
}

/// The rate limit. Who waits for it does so in the order of coming, as nobody but the first looks at it.
struct Pace {
    turn: Mutex<()>,
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>,
}

/// A place among the calls at once, still waiting for the rate limit.
pub(super) struct Place<'a> {
    slot: Slot<'a>,
    turn: Option<(&'a Pace, MutexGuard<'a, ()>)>,
}

/// A place among the calls at once, free again when dropped.
pub(super) struct Slot<'a> {
    _permit: Option<SemaphorePermit<'a>>,
}

impl Limits {
    /// At most `concurrency` calls at once, no more than `rate` allows. 0 and `None`: no limit.
    pub(super) fn new(concurrency: usize, rate: Option<Rate>) -> Self {
        let slots = (concurrency > 0).then(|| Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS)));
        Self { slots, pace: rate.and_then(Pace::new) }
    }

    /// Waits for a place among the calls at once, and to be the next whom the rate limit lets through.
    pub(super) async fn queue(&self) -> Place<'_> {
        let permit = match &self.slots {
            // Nobody closes the semaphore.
            Some(slots) => slots.acquire().await.ok(),
            None => None,
        };
        let turn = match &self.pace {
            Some(pace) => Some((pace, pace.turn.lock().await)),
            None => None,
        };
        Place { slot: Slot { _permit: permit }, turn }
    }
}

impl<'a> Place<'a> {
    /// Waits until the rate limit allows another call.
    pub(super) async fn pace(self) -> Slot<'a> {
        if let Some((pace, _turn)) = self.turn {
            while let Err(not_until) = pace.limiter.check() {
                sleep(not_until.wait_time_from(pace.limiter.clock().now())).await;
            }
        }
        self.slot
    }
}

impl Pace {
    /// `None` for a rate so high that it is no limit.
    fn new(rate: Rate) -> Option<Self> {
        // After a burst there may be only what is left of `calls` in the same while. The last of them comes just
        // after its end.
        let spread = rate.calls.get().saturating_sub(rate.burst.get()).saturating_add(1);
        let quota = Quota::with_period(rate.per / spread)?.allow_burst(rate.burst);
        Some(Self {
            turn: Mutex::new(()),
            limiter: RateLimiter::direct_with_clock(quota, TokioClock::default()),
        })
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinSet;

    use super::*;

    fn rate(calls: u32, per: Duration, burst: u32) -> Rate {
        let (calls, burst) = (NonZeroU32::new(calls).unwrap(), NonZeroU32::new(burst).unwrap());
        Rate { calls, per, burst }
    }

    /// When each of `calls` calls begins that are all wanted at once.
    async fn begins(limits: Limits, calls: usize) -> Vec<Duration> {
        let (limits, start) = (Arc::new(limits), Instant::now());
        let mut tasks = JoinSet::new();
        for _ in 0..calls {
            let limits = Arc::clone(&limits);
            tasks.spawn(async move {
                let _slot = limits.queue().await.pace().await;
                start.elapsed()
            });
        }
        let mut begins = tasks.join_all().await;
        begins.sort_unstable();
        begins
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept_in_any_while() {
        let second = Duration::from_secs(1);
        for burst in [1, 2, 10, 50] {
            let begins = begins(Limits::new(0, Some(rate(50, second, burst))), 200).await;
            let burst = usize::try_from(burst).unwrap();
            assert!(begins[burst - 1] < Duration::from_millis(2), "the burst begins at once");
            for (at, begin) in begins.iter().enumerate() {
                let inside = begins[at..].iter().filter(|other| **other < *begin + second).count();
                assert!(inside <= 50, "burst {burst}: {inside} calls in a second");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_rate_is_not_slower_than_asked_for() {
        let begins = begins(Limits::new(0, Some(rate(6, Duration::from_mins(1), 1))), 4).await;
        let whole: Vec<_> = begins.iter().map(Duration::as_secs).collect();
        assert_eq!(whole, [0, 10, 20, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_a_dropped_slot_is_free_again() {
        let limits = Limits::new(2, None);
        let (first, _second) = (limits.queue().await.pace().await, limits.queue().await.pace().await);
        let wait = Duration::from_millis(10);
        assert!(tokio::time::timeout(wait, limits.queue()).await.is_err());
        drop(first);
        assert!(tokio::time::timeout(wait, limits.queue()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_holds_nobody_back() {
        let limits = Limits::new(1, Some(rate(1, Duration::from_secs(10), 1)));
        drop(limits.queue().await.pace().await);
        let start = Instant::now();
        let gave_up =
            tokio::time::timeout(Duration::from_secs(1), async { limits.queue().await.pace().await });
        assert!(gave_up.await.is_err());
        drop(limits.queue().await.pace().await);
        assert_eq!(start.elapsed().as_secs(), 10);
    }
}
