use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long shutdown may take, in milliseconds, unless `SHUTDOWN_GRACE_MS` says otherwise.
pub(crate) const DEFAULT_GRACE_MS: &str = "10000";
/// How long the tasks of [`Lifecycle::spawn_last`] may take to end, at least.
const LAST_TASKS_TIMEOUT: Duration = Duration::from_millis(500);

/// The tasks of a service. Starts them, tells them to stop, and waits for them.
///
/// A *permanent* task runs until the stop token is cancelled. If one ends earlier, the whole service stops with an
/// error: a service that only half works must not look healthy. Clones share the same tasks.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Cancelled once all tasks have ended, or the grace period has.
    ended: CancellationToken,
    last_tasks: TaskTracker,
    failed: Arc<OnceLock<UncleanShutdown>>,
}

/// Why a service did not stop cleanly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UncleanShutdown {
    /// A permanent task ended before shutdown.
    #[error("a permanent task ended before shutdown")]
    TaskDied,
    /// Redis runs in cluster mode, which is not supported.
    #[error(
        "Redis runs in cluster mode (cluster_enabled:1), in which searches would never end: point REDIS_ADDR at a Redis \
         or Valkey with `cluster-enabled no`"
    )]
    RedisCluster,
    /// Tasks were still running at the end of the grace period.
    #[error("work was still in progress after the grace period")]
    GracePeriodExceeded,
}

impl Lifecycle {
    /// Cancelled when the service stops.
    #[must_use]
    pub fn stop_token(&self) -> &CancellationToken {
        &self.stop
    }

    /// Stops the service.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Stops the service with an error. If called repeatedly, the first error counts.
    pub fn fail(&self, error: UncleanShutdown) {
        let _ = self.failed.set(error);
        self.stop.cancel();
    }

    /// Starts a task. [`finish`](Self::finish) waits for it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Starts a permanent task. `name` is for the log.
    pub fn spawn_permanent(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let guard = PermanentTaskGuard { name, lifecycle: self.clone() };
        self.tasks.spawn(async move {
            let _guard = guard;
            task.await;
        });
    }

    /// Starts a permanent task that runs until all other tasks have ended. `task` gets the token that then stops it.
    pub fn spawn_last<F: Future<Output = ()> + Send + 'static>(
        &self,
        name: &'static str,
        task: impl FnOnce(CancellationToken) -> F,
    ) {
        let guard = PermanentTaskGuard { name, lifecycle: self.clone() };
        let task = task(self.ended.clone());
        self.last_tasks.spawn(async move {
            let _guard = guard;
            task.await;
        });
    }

    /// Waits until the service stops, and then up to `grace` for all tasks to end.
    pub async fn finish(&self, grace: Duration) -> Result<(), UncleanShutdown> {
        self.stop.cancelled().await;
        self.tasks.close();
        let until = Instant::now() + grace;
        let in_time = timeout_at(until, self.tasks.wait()).await.is_ok();
        self.ended.cancel();
        self.last_tasks.close();
        let until = until.max(Instant::now() + LAST_TASKS_TIMEOUT);
        let _ = timeout_at(until, self.last_tasks.wait()).await;
        match (self.failed.get(), in_time) {
            (Some(error), _) => Err(*error),
            (None, false) => Err(UncleanShutdown::GracePeriodExceeded),
            (None, true) => Ok(()),
        }
    }
}

/// Stops the service when it is dropped: its task has returned or panicked.
struct PermanentTaskGuard {
    name: &'static str,
    lifecycle: Lifecycle,
}

impl Drop for PermanentTaskGuard {
    fn drop(&mut self) {
        if !self.lifecycle.stop.is_cancelled() {
            tracing::error!(task = self.name, "a permanent task ended, stopping the service");
            self.lifecycle.fail(UncleanShutdown::TaskDied);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_for_tasks_in_progress() {
        let lifecycle = Lifecycle::default();
        lifecycle.spawn(async { tokio::task::yield_now().await });
        lifecycle.stop();
        assert_eq!(lifecycle.finish(Duration::from_secs(5)).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_after_the_grace_period() {
        let lifecycle = Lifecycle::default();
        lifecycle.spawn(std::future::pending());
        lifecycle.stop();
        assert_eq!(lifecycle.finish(Duration::from_secs(5)).await, Err(UncleanShutdown::GracePeriodExceeded));
    }

    #[tokio::test]
    async fn the_last_task_outlives_the_others() {
        let lifecycle = Lifecycle::default();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        lifecycle.spawn(async { receiver.await.unwrap() });
        lifecycle.spawn_last("the last", async |ended| {
            let early = ended.is_cancelled();
            sender.send(()).unwrap();
            ended.cancelled().await;
            assert!(!early);
        });
        lifecycle.stop();
        assert_eq!(lifecycle.finish(Duration::from_secs(5)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_permanent_task_that_ends_stops_the_service() {
        let lifecycle = Lifecycle::default();
        lifecycle.spawn_permanent("a task", async { panic!("on purpose") });
        assert_eq!(lifecycle.finish(Duration::from_secs(5)).await, Err(UncleanShutdown::TaskDied));
    }
}
