//! Whether the worker can do its work: the readiness on its operators' port.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use broker::Checkup;
use operators::Problem;
use service::Alert;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a check of Redis counts, besides the timeout of a request. There is one each second.
const CHECK_LIFETIME: Duration = Duration::from_secs(3);

/// What the worker knows of its health.
#[derive(Debug)]
pub(crate) struct Health {
    stop: CancellationToken,
    check_lifetime: Duration,
    /// The last check of Redis that was answered, and what makes Redis unusable.
    last_check: Mutex<Option<(Instant, Vec<Alert>)>>,
    reads_jobs: AtomicBool,
}

impl Health {
    /// Not ready yet. `timeout` is the timeout of a request to Redis.
    pub(crate) fn new(stop: CancellationToken, timeout: Duration) -> Self {
        Self {
            stop,
            check_lifetime: CHECK_LIFETIME + timeout,
            last_check: Mutex::default(),
            reads_jobs: AtomicBool::new(false),
        }
    }

    /// Redis has answered a check.
    pub(crate) fn checked(&self, checkup: &Checkup) {
        let check = Some((Instant::now(), service::redis_errors(checkup)));
        *self.last_check.lock().unwrap_or_else(PoisonError::into_inner) = check;
    }

    /// Reading jobs works, or fails.
    pub(crate) fn set_reads_jobs(&self, reads: bool) {
        self.reads_jobs.store(reads, Ordering::Relaxed);
    }

    /// What keeps the worker from its work. None if it is ready.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let problem = |code, message: &str| vec![Problem { code, message: message.to_owned() }];
        if self.stop.is_cancelled() {
            return problem("stopping", "the worker is stopping");
        }
        let last_check = self.last_check.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last_check {
            Some((at, _)) if at.elapsed() > self.check_lifetime => {
                problem("redis_unavailable", "Redis does not answer")
            }
            None => problem("redis_unavailable", "Redis has not been found usable yet"),
            Some((_, alerts)) if !alerts.is_empty() => alerts
                .iter()
                .map(|Alert { code, message }| Problem { code, message: message.clone() })
                .collect(),
            Some(_) if !self.reads_jobs.load(Ordering::Relaxed) => {
                problem("not_reading_jobs", "the worker can't read jobs")
            }
            Some(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(health: &Health) -> Vec<&'static str> {
        health.problems().iter().map(|problem| problem.code).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_ready_while_redis_is_usable_and_jobs_are_read() {
        let stop = CancellationToken::new();
        let health = Health::new(stop.clone(), Duration::from_secs(1));
        assert_eq!(codes(&health), ["redis_unavailable"]);
        health.checked(&Checkup::default());
        assert_eq!(codes(&health), ["not_reading_jobs"]);
        health.set_reads_jobs(true);
        assert!(codes(&health).is_empty());

        health.checked(&Checkup { is_replica: true, ..Checkup::default() });
        assert_eq!(codes(&health), ["redis_is_replica"]);
        health.checked(&Checkup::default());
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(codes(&health), ["redis_unavailable"]);
        stop.cancel();
        assert_eq!(codes(&health), ["stopping"]);
    }
}
