use std::sync::{Mutex, MutexGuard, PoisonError};

use broker::{Checkup, Memory, WORKER_TIMEOUT, Workers};
use service::{Alert, redis_errors, redis_warnings};
use tokio::time::Instant;

/// The percentage of Redis' memory from which new searches are refused, because accepted ones need the rest to end; and
/// the percentage below which they are accepted again.
const FULL: u64 = 80;
const ROOMY: u64 = 75;

/// The percentage of `MAX_BACKLOG` below which the backlog no longer counts as full.
const SHORT: u64 = 90;

/// How much longer workers may be silent after an outage of Redis, in lengths of the outage: they missed Redis too, and
/// need time to notice that it is back. In proportion to it, or a Redis that fails now and then would hide that no worker
/// is alive.
const OUTAGE_ALLOWANCE: u32 = 2;

/// Whether Redis is usable and has room, and whether workers are alive.
#[derive(Debug)]
pub(crate) struct Fitness(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    redis_errors: Vec<Alert>,
    redis_warnings: Vec<Alert>,
    memory: Option<Memory>,
    is_nearly_full: bool,
    is_backlog_full: bool,
    /// When a worker was last active, or this began to be measured.
    last_active: Instant,
    /// When Redis last answered, or this began to be measured.
    last_answer: Instant,
    /// When Redis last answered before it failed. `None` while it answers.
    away_since: Option<Instant>,
    /// Whether `last_active` was too long ago.
    has_no_worker: bool,
}

impl Default for Fitness {
    fn default() -> Self {
        Self(Mutex::new(Seen {
            redis_errors: Vec::new(),
            redis_warnings: Vec::new(),
            memory: None,
            is_nearly_full: false,
            is_backlog_full: false,
            last_active: Instant::now(),
            last_answer: Instant::now(),
            away_since: None,
            has_no_worker: false,
        }))
    }
}

impl Fitness {
    /// Stores a checkup of Redis.
    pub(crate) fn examined(&self, checkup: &Checkup) {
        let mut seen = self.seen();
        seen.redis_errors = redis_errors(checkup);
        seen.redis_warnings = redis_warnings(checkup);
        seen.memory = checkup.setup.as_ref().and_then(|setup| setup.memory);
        let limit = if seen.is_nearly_full { ROOMY } else { FULL };
        seen.is_nearly_full = seen.memory.is_some_and(|memory| percent(memory.used, memory.max) >= limit);
    }

    /// Stores the state of the workers, and how many jobs wait of the `most` allowed.
    pub(crate) fn counted(&self, workers: Workers, waiting: u64, most: u64) {
        let mut seen = self.seen();
        let now = Instant::now();
        let last_active = workers.last_seen.and_then(|ago| now.checked_sub(ago));
        // A worker of the replaced system is inactive without jobs, so it counts as active unless jobs wait.
        let presumed = (workers.has_foreign && waiting == 0).then_some(now);
        seen.last_active = [last_active, presumed].into_iter().flatten().fold(seen.last_active, Instant::max);
        seen.has_no_worker = seen.last_active.elapsed() > WORKER_TIMEOUT;
        let limit = if seen.is_backlog_full { SHORT } else { 100 };
        seen.is_backlog_full = percent(waiting, most) >= limit;
    }

    /// Redis failed, so the workers' state is unknown: the time until it answers does not count.
    pub(crate) fn redis_failed(&self) {
        let mut seen = self.seen();
        seen.away_since = seen.away_since.or(Some(seen.last_answer));
    }

    /// Redis has answered.
    pub(crate) fn redis_answered(&self) {
        let mut seen = self.seen();
        let now = Instant::now();
        if let Some(since) = seen.away_since.take() {
            seen.last_active = (seen.last_active + (now - since) * OUTAGE_ALLOWANCE).min(now);
        }
        seen.last_answer = now;
    }

    /// Why Redis is not usable; `None` if it is.
    pub(crate) fn failing(&self) -> Option<String> {
        self.seen().redis_errors.first().map(|alert| alert.message.clone())
    }

    /// Whether Redis has room for new searches.
    pub(crate) fn has_room(&self) -> bool {
        !self.seen().is_nearly_full
    }

    /// An alert if no worker is alive.
    pub(crate) fn no_worker(&self) -> Option<Alert> {
        self.seen().no_worker()
    }

    /// Alerts about overload and missing workers.
    pub(crate) fn overload(&self) -> Vec<Alert> {
        self.seen().overload()
    }

    /// All alerts that don't make the gateway unready.
    pub(crate) fn warnings(&self) -> Vec<Alert> {
        let seen = self.seen();
        [seen.overload(), seen.redis_warnings.clone()].concat()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn no_worker(&self) -> Option<Alert> {
        let message =
            "no worker is alive: searches wait until one starts, or end at their deadline without an answer";
        self.has_no_worker.then(|| Alert::new("no_worker", message))
    }

    fn overload(&self) -> Vec<Alert> {
        let mut overload: Vec<_> = self.no_worker().into_iter().collect();
        if let Some(memory) = self.memory.filter(|_| self.is_nearly_full) {
            let message = format!(
                "new searches are refused: Redis has {} MB of memory, and was {FULL} % full",
                memory.max.div_ceil(1_000_000)
            );
            overload.push(Alert::new("storage_full", message));
        }
        if self.is_backlog_full {
            let message = "new searches are refused: MAX_BACKLOG of them wait for a worker";
            overload.push(Alert::new("backlog_full", message));
        }
        overload
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100) / whole.max(1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use broker::Setup;

    use super::*;

    fn filled(used: u64) -> Checkup {
        let memory = Some(Memory { used, max: 1000 });
        Checkup { setup: Some(Setup { memory, ..Setup::default() }), ..Checkup::default() }
    }

    fn codes(alerts: &[Alert]) -> Vec<&'static str> {
        alerts.iter().map(|alert| alert.code).collect()
    }

    #[test]
    fn a_redis_that_is_nearly_full_stays_so_until_there_is_some_room() {
        let fitness = Fitness::default();
        for (used, has_room) in
            [(799, true), (800, false), (751, false), (749, true), (799, true), (2000, false)]
        {
            fitness.examined(&filled(used));
            assert_eq!((fitness.has_room(), fitness.overload().is_empty()), (has_room, has_room), "{used}");
        }
        fitness.examined(&Checkup { setup: None, ..Checkup::default() });
        assert!(fitness.has_room(), "a Redis that may not be asked is not held to be full");
    }

    #[test]
    fn a_full_backlog_stays_so_until_it_is_shorter() {
        let fitness = Fitness::default();
        for (waiting, is_full) in [(99, false), (100, true), (90, true), (89, false), (99, false)] {
            fitness.counted(Workers::default(), waiting, 100);
            assert_eq!(codes(&fitness.overload()) == ["backlog_full"], is_full, "{waiting}");
        }
        fitness.counted(Workers::default(), u64::MAX / 200, u64::MAX);
        assert!(fitness.overload().is_empty(), "without a limit");
    }

    #[tokio::test(start_paused = true)]
    async fn workers_are_missed_after_ten_seconds_of_silence() {
        let fitness = Fitness::default();
        let after = async |seconds, workers, waiting| {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            fitness.counted(workers, waiting, u64::MAX);
            fitness.no_worker().is_some()
        };
        let active = |ago| Workers { last_seen: Some(Duration::from_secs(ago)), ..Workers::default() };
        assert!(!after(9, Workers::default(), 0).await, "they may be about to start");
        assert!(after(2, Workers::default(), 0).await);
        assert!(!after(1, active(5), 0).await);
        assert!(!after(5, active(10), 0).await);
        assert!(after(1, active(11), 0).await);
        let quiet = Workers { has_foreign: true, ..active(100) };
        assert!(!after(1, quiet, 0).await, "nothing to do for it");
        assert!(!after(9, quiet, 1).await);
        assert!(after(2, quiet, 1).await, "it has left a job for long");
    }

    /// What a check did each second.
    async fn checks(fitness: &Fitness, seconds: u32, fails: impl Fn(u32) -> bool) {
        for second in 0..seconds {
            tokio::time::advance(Duration::from_secs(1)).await;
            if fails(second) {
                fitness.redis_failed();
            } else {
                fitness.redis_answered();
                fitness.counted(Workers::default(), 0, u64::MAX);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_redis_was_away_workers_have_time_to_come_back() {
        let fitness = Fitness::default();
        checks(&fitness, 9, |_| false).await;
        checks(&fitness, 60, |_| true).await;
        checks(&fitness, 11, |_| false).await;
        assert!(fitness.no_worker().is_none());
        checks(&fitness, 1, |_| false).await;
        assert!(fitness.no_worker().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_redis_that_fails_now_and_then_does_not_hide_that_no_worker_is_alive() {
        let fitness = Fitness::default();
        checks(&fitness, 40, |second| second % 8 == 7).await;
        assert!(fitness.no_worker().is_some());
        checks(&fitness, 1, |_| true).await;
        assert!(fitness.no_worker().is_some(), "nor does it seem to be over");
    }
}
