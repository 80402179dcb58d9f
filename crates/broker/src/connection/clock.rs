//! Redis' clock, the only one that deadlines are told by: hosts whose clocks differ end no search early or late.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::EpochMillis;
use tokio::time::Instant;

use crate::{Broker, BrokerError};

/// From which difference on two clocks are worth a warning.
const NOTABLE_MS: u64 = 1000;

/// What is known of Redis' clock: how far it is ahead of this process' monotonic one.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// What Redis' clock showed when `started` was taken, in milliseconds; negative if it has stepped back since.
    at_start: Option<i64>,
    /// The host's own clock differs, which has been logged.
    host_differs: bool,
}

/// What a look at Redis' clock has shown, besides the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Surprise {
    /// By how many milliseconds Redis' clock has stepped since the last look.
    step: Option<i64>,
    /// The host's clock has begun (`true`) or ceased to differ.
    host_differs: Option<bool>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), known: Mutex::default() }
    }

    /// The time by Redis' clock; `None` while it was never asked.
    fn now(&self) -> Option<EpochMillis> {
        let at_start = self.known().at_start?;
        let now = at_start.saturating_add(as_millis(self.started.elapsed()));
        Some(EpochMillis(u64::try_from(now).unwrap_or(0)))
    }

    /// Redis said that it was `shown`, some time between `asked` and now. What was known stays if that can be:
    /// a slow reply tells little.
    fn heed(&self, shown: EpochMillis, asked: Instant, host: EpochMillis) -> Surprise {
        let shown = i64::try_from(shown.0).unwrap_or(i64::MAX);
        let earliest = shown.saturating_sub(as_millis(self.started.elapsed()));
        let latest = shown.saturating_sub(as_millis(asked.duration_since(self.started)));
        let mut known = self.known();
        let before = known.at_start;
        // Half way is the best guess, but the first one can't be checked against anything.
        let guess = before.unwrap_or(earliest.midpoint(latest));
        let at_start = guess.clamp(earliest.min(latest), latest.max(earliest));
        known.at_start = Some(at_start);

        let step = before.map(|before| at_start.saturating_sub(before));
        let step = step.filter(|step| step.unsigned_abs() >= NOTABLE_MS);
        let host_differs = host.0.abs_diff(u64::try_from(shown).unwrap_or(0)) >= NOTABLE_MS;
        let changed = host_differs != known.host_differs;
        known.host_differs = host_differs;
        Surprise { step, host_differs: changed.then_some(host_differs) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Broker {
    /// The time by Redis' clock. Asks Redis only if that was never done ([`look_at_clock`](Self::look_at_clock)).
    pub async fn now(&self) -> Result<EpochMillis, BrokerError> {
        match self.clock.now() {
            Some(now) => Ok(now),
            None => self.look_at_clock().await,
        }
    }

    /// Asks Redis what time it is. To be done again and again: clocks drift, and are set.
    pub async fn look_at_clock(&self) -> Result<EpochMillis, BrokerError> {
        let asked = Instant::now();
        let (seconds, micros): (u64, u64) =
            redis::cmd("TIME").query_async(&mut self.connection.clone()).await?;
        let shown = EpochMillis(seconds * 1000 + micros / 1000);
        let host = EpochMillis::now();
        let surprise = self.clock.heed(shown, asked, host);
        if let Some(step_ms) = surprise.step {
            tracing::warn!(step_ms, "Redis' clock has stepped");
        }
        match surprise.host_differs {
            Some(true) => tracing::warn!(
                redis = shown.to_rfc3339(),
                host = host.to_rfc3339(),
                "this host's clock differs from Redis'; deadlines go by Redis', but logs can't be compared"
            ),
            Some(false) => tracing::info!("this host's clock agrees with Redis' again"),
            None => {}
        }
        Ok(shown)
    }
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

    /// Asks a Redis whose clock shows `at` when its reply leaves, half way there and back.
    async fn ask(clock: &Clock, round_trip: u64, at: u64) -> Surprise {
        let asked = Instant::now();
        pass(round_trip).await;
        clock.heed(EpochMillis(at), asked, EpochMillis(at))
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_on_between_two_looks() {
        let clock = Clock::new();
        assert_eq!(clock.now(), None);
        ask(&clock, 0, NOON).await;
        pass(1500).await;
        assert_eq!(clock.now(), Some(EpochMillis(NOON + 1500)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reply_does_not_spoil_what_is_known() {
        let clock = Clock::new();
        ask(&clock, 2, NOON).await;
        let before = clock.now().unwrap();
        let surprise = ask(&clock, 800, before.0 + 1).await;
        assert_eq!(clock.now(), Some(EpochMillis(before.0 + 800)));
        assert_eq!(surprise, Surprise::default());
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_is_followed_and_told() {
        let clock = Clock::new();
        ask(&clock, 0, NOON).await;
        assert_eq!(ask(&clock, 0, NOON - 3_600_000).await.step, Some(-3_600_000));
        assert_eq!(clock.now(), Some(EpochMillis(NOON - 3_600_000)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_differs_is_told_once() {
        let clock = Clock::new();
        let look = |host: u64| clock.heed(EpochMillis(NOON), Instant::now(), EpochMillis(host)).host_differs;
        assert_eq!(look(NOON + 300_000), Some(true));
        assert_eq!(look(NOON + 300_000), None);
        assert_eq!(look(NOON + 20), Some(false));
    }
}
