//! Redis' clock. Deadlines use no other, so a host whose clock is wrong ends no search early or late.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::EpochMillis;
use tokio::time::Instant;

/// A step or a difference of this many milliseconds is logged.
const MIN_DIFFERENCE_MS: u64 = 1000;

/// An estimate of Redis' clock, as an offset from this process' monotonic clock.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    estimate: Mutex<Estimate>,
}

#[derive(Debug, Default)]
struct Estimate {
    /// Redis' time at `started`, in milliseconds. `None` before the first reading. Can be negative after the clock has
    /// stepped back.
    at_start: Option<i64>,
    /// The host's own clock differs from Redis'.
    host_differs: bool,
}

/// What has changed since the last reading of Redis' clock, if it is worth logging.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClockChange {
    /// Redis' clock has stepped by this many milliseconds.
    pub(super) step: Option<i64>,
    /// The host's clock now differs from Redis', or no longer differs.
    pub(super) host_differs: Option<bool>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), estimate: Mutex::default() }
    }

    /// The estimated time; `None` before the first reading.
    pub(crate) fn now(&self) -> Option<EpochMillis> {
        let at_start = self.estimate().at_start?;
        let now = at_start.saturating_add(as_millis(self.started.elapsed()));
        Some(EpochMillis(u64::try_from(now).unwrap_or(0)))
    }

    /// Updates the estimate. Redis read `time` at some point between `requested` and now, so a slow reply leaves a
    /// range. The old estimate is moved only as far as needed to fit into that range. `host_ahead` is
    /// what the function of this name returns.
    pub(super) fn update(&self, time: EpochMillis, requested: Instant, host_ahead: i64) -> ClockChange {
        let time = i64::try_from(time.0).unwrap_or(i64::MAX);
        let earliest = time.saturating_sub(as_millis(self.started.elapsed()));
        let latest = time.saturating_sub(as_millis(requested.duration_since(self.started)));
        let mut estimate = self.estimate();
        let before = estimate.at_start;
        let at_start = before.unwrap_or(earliest.midpoint(latest));
        let at_start = at_start.clamp(earliest.min(latest), latest.max(earliest));
        estimate.at_start = Some(at_start);

        let step = before.map(|before| at_start.saturating_sub(before));
        let step = step.filter(|step| step.unsigned_abs() >= MIN_DIFFERENCE_MS);
        let host_differs = host_ahead.unsigned_abs() >= MIN_DIFFERENCE_MS;
        let changed = host_differs != estimate.host_differs;
        estimate.host_differs = host_differs;
        ClockChange { step, host_differs: changed.then_some(host_differs) }
    }

    fn estimate(&self) -> MutexGuard<'_, Estimate> {
        self.estimate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many milliseconds the host's clock is ahead of Redis', at least; negative if it is behind. Redis read `redis` at
/// some point between the host's `before` and `after`, so a slow reply shows no difference.
pub(crate) fn host_ahead(redis: EpochMillis, before: EpochMillis, after: EpochMillis) -> i64 {
    // The host's clock may have stepped back meanwhile.
    let (earliest, latest) = (before.0.min(after.0), before.0.max(after.0));
    let nearest = redis.0.clamp(earliest, latest);
    let ahead = i128::from(nearest) - i128::from(redis.0);
    i64::try_from(ahead).unwrap_or(i64::MAX)
}

fn as_millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_752_148_800_000;

    async fn pass(millis: u64) {
        tokio::time::advance(Duration::from_millis(millis)).await;
    }

    /// Reads a clock that shows `at`, with a reply that takes `round_trip` milliseconds.
    async fn read(clock: &Clock, round_trip: u64, at: u64) -> ClockChange {
        let requested = Instant::now();
        pass(round_trip).await;
        clock.update(EpochMillis(at), requested, 0)
    }

    #[tokio::test(start_paused = true)]
    async fn it_advances_between_two_readings() {
        let clock = Clock::new();
        assert_eq!(clock.now(), None);
        read(&clock, 0, NOON).await;
        pass(1500).await;
        assert_eq!(clock.now(), Some(EpochMillis(NOON + 1500)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reply_does_not_spoil_the_estimate() {
        let clock = Clock::new();
        read(&clock, 2, NOON).await;
        let before = clock.now().unwrap();
        let change = read(&clock, 800, before.0 + 1).await;
        assert_eq!(clock.now(), Some(EpochMillis(before.0 + 800)));
        assert_eq!(change, ClockChange::default());
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_is_followed_and_reported() {
        let clock = Clock::new();
        read(&clock, 0, NOON).await;
        assert_eq!(read(&clock, 0, NOON - 3_600_000).await.step, Some(-3_600_000));
        assert_eq!(clock.now(), Some(EpochMillis(NOON - 3_600_000)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_differs_is_reported_once() {
        let clock = Clock::new();
        let differs = |ahead| clock.update(EpochMillis(NOON), Instant::now(), ahead).host_differs;
        assert_eq!(differs(300_000), Some(true));
        assert_eq!(differs(300_000), None);
        assert_eq!(differs(-20), Some(false));
        assert_eq!(differs(-300_000), Some(true));
    }

    #[test]
    fn a_host_does_not_differ_because_a_reply_was_slow() {
        let ahead = |before, after| {
            host_ahead(EpochMillis(NOON), EpochMillis(NOON + before - 1000), EpochMillis(NOON + after))
        };
        assert_eq!(ahead(990, 1), 0);
        assert_eq!(ahead(990, 5000), 0, "paused after Redis had read its clock");
        assert_eq!(ahead(0, 1), 0, "paused before");
        assert_eq!(ahead(301_000, 300_005), 300_000);
        assert_eq!(
            host_ahead(EpochMillis(NOON), EpochMillis(NOON - 300_005), EpochMillis(NOON - 300_000)),
            -300_000
        );
        assert_eq!(ahead(1005, 0), 0, "stepped back meanwhile");
    }
}
