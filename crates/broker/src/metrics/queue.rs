use std::{
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{metrics::gauge::Gauge, registry::Registry};
use tokio::time::Instant;

use crate::EntryId;

/// What is measured of the two streams: how far workers are behind, and how far this gateway is.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    waiting: Gauge,
    in_progress: Gauge,
    oldest: Gauge<f64, AtomicU64>,
    dead_letters: Gauge,
    workers: Gauge,
    tail_lag: Gauge,
    tail_lag_seconds: Gauge<f64, AtomicU64>,
    tail: Mutex<TailProgress>,
}

/// How far the tail of the result log has come.
#[derive(Debug, Default)]
struct TailProgress {
    /// The last processed entry.
    position: EntryId,
    /// How many entries the log had ever had at `position`.
    added: u64,
    /// An end of the log that the tail has not reached yet, and when it was seen.
    ahead: Option<(EntryId, Instant)>,
}

/// The end of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StreamEnd {
    /// The last entry that was ever added.
    pub(crate) last: EntryId,
    /// How many entries were ever added.
    pub(crate) added: u64,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("jobs_waiting", "Jobs that no worker has yet", self.waiting.clone());
        registry.register(
            "jobs_delivered",
            "Jobs that any worker has in progress, or had when it died",
            self.in_progress.clone(),
        );
        registry.register(
            "oldest_waiting_job_age_seconds",
            "How long the oldest job that no worker has yet has waited; 0 if none waits",
            self.oldest.clone(),
        );
        registry.register(
            "dead_letters",
            "Jobs that were given up, about the last 10,000; 0 if Redis forbids to count them",
            self.dead_letters.clone(),
        );
        registry.register("workers_alive", "Workers that were active within 10 s", self.workers.clone());
        registry.register(
            "result_tail_lag_entries",
            "Entries of the result log that this gateway has not read yet",
            self.tail_lag.clone(),
        );
        registry.register(
            "result_tail_lag_seconds",
            "For how long this gateway has not caught up with the result log, to the second",
            self.tail_lag_seconds.clone(),
        );
    }

    pub(crate) fn set_backlog(&self, waiting: u64, in_progress: u64, oldest: Duration) {
        let gauge = |number| i64::try_from(number).unwrap_or(i64::MAX);
        self.waiting.set(gauge(waiting));
        self.in_progress.set(gauge(in_progress));
        self.oldest.set(oldest.as_secs_f64());
    }

    pub(crate) fn set_dead_letters(&self, dead_letters: u64) {
        self.dead_letters.set(i64::try_from(dead_letters).unwrap_or(i64::MAX));
    }

    pub(crate) fn set_workers(&self, alive: usize) {
        self.workers.set(i64::try_from(alive).unwrap_or(i64::MAX));
    }

    /// The tail has connected, and reads on after `position`.
    pub(crate) fn tail_connected(&self, position: EntryId, end: StreamEnd) {
        let mut tail = self.tail();
        // Otherwise it is where it was, in the same log, and has entries to catch up with.
        if position == end.last || position != tail.position || end.added < tail.added {
            *tail = TailProgress { position, added: end.added, ahead: None };
        }
    }

    /// The tail has processed this many more entries, up to `entry`.
    pub(crate) fn tail_advanced(&self, entry: EntryId, entries: u64) {
        let mut tail = self.tail();
        tail.position = tail.position.max(entry);
        tail.added += entries;
    }

    /// The result log ends here.
    pub(crate) fn set_log_end(&self, end: StreamEnd) {
        let mut tail = self.tail();
        if tail.ahead.is_none_or(|(ahead, _)| ahead <= tail.position) {
            tail.ahead = (end.last > tail.position).then(|| (end.last, Instant::now()));
        }
        if end.last == tail.position {
            // Entries that were trimmed while the tail was away no longer count.
            tail.added = end.added;
        }
        let lag = end.added.saturating_sub(tail.added);
        self.tail_lag.set(i64::try_from(lag).unwrap_or(i64::MAX));
        self.tail_lag_seconds.set(tail.ahead.map_or(0.0, |(_, seen)| seen.elapsed().as_secs_f64()));
    }

    fn tail(&self) -> MutexGuard<'_, TailProgress> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(millis: u64) -> EntryId {
        format!("{millis}-0").parse().unwrap()
    }

    fn lag(metrics: &Metrics, last: u64, added: u64) -> (i64, f64) {
        metrics.set_log_end(StreamEnd { last: id(last), added });
        (metrics.tail_lag.get(), metrics.tail_lag_seconds.get())
    }

    #[tokio::test(start_paused = true)]
    async fn a_tail_that_is_stuck_falls_behind_until_it_catches_up() {
        let metrics = Metrics::default();
        metrics.tail_connected(id(10), StreamEnd { last: id(10), added: 5 });
        assert_eq!(lag(&metrics, 10, 5), (0, 0.0));
        assert_eq!(lag(&metrics, 12, 7), (2, 0.0));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(lag(&metrics, 13, 8), (3, 3.0));
        // It reconnects where it was.
        metrics.tail_connected(id(10), StreamEnd { last: id(13), added: 8 });
        metrics.tail_advanced(id(12), 2);
        assert_eq!(lag(&metrics, 13, 8), (1, 0.0));
        metrics.tail_advanced(id(13), 1);
        assert_eq!(lag(&metrics, 13, 8), (0, 0.0));
    }

    #[tokio::test(start_paused = true)]
    async fn entries_that_were_trimmed_unread_are_no_lag() {
        let metrics = Metrics::default();
        metrics.tail_connected(id(10), StreamEnd { last: id(10), added: 5 });
        metrics.tail_connected(id(10), StreamEnd { last: id(20), added: 15 });
        assert_eq!(lag(&metrics, 20, 15).0, 10);
        // All but one were trimmed.
        metrics.tail_advanced(id(20), 1);
        assert_eq!(lag(&metrics, 20, 15), (0, 0.0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_that_was_lost_leaves_nothing_to_catch_up_with() {
        let metrics = Metrics::default();
        metrics.tail_connected(id(10), StreamEnd { last: id(10), added: 50 });
        metrics.tail_connected(id(3), StreamEnd { last: id(3), added: 1 });
        assert_eq!(lag(&metrics, 3, 1), (0, 0.0));
    }
}
