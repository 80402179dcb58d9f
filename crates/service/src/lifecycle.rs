use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The tasks of a service, held together: one token says that it is time to stop, one tracker knows who has not.
///
/// A *permanent* task runs until the token says stop. If one ends before, the service as a whole stops with an
/// error: half a service that looks alive is worse than none. Clones share everything.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
    failed: Arc<OnceLock<Unclean>>,
}

/// Why a service did not stop as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unclean {
    /// A permanent task died.
    #[error("a permanent task ended before it was told to")]
    TaskDied,
    /// Redis is of a kind that can't be used.
    #[error(
        "Redis runs in cluster mode (cluster_enabled:1), in which searches would never end: point REDIS_ADDR at a Redis \
         or Valkey with `cluster-enabled no`"
    )]
    RedisCluster,
    /// Tasks were still running at the end of the grace period.
    #[error("work was still in hand after the grace period")]
    GraceOver,
}

impl Lifecycle {
    /// The token that is cancelled when it is time to stop.
    #[must_use]
    pub fn stop_token(&self) -> &CancellationToken {
        &self.stop
    }

    /// Says that it is time to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Stops the service, which can't go on. The first reason counts.
    pub fn fail(&self, why: Unclean) {
        let _ = self.failed.set(why);
        self.stop.cancel();
    }

    /// Starts a task that is waited for when the service stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Starts a permanent task.
    pub fn spawn_permanent(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let watch = DeathWatch { name, lifecycle: self.clone() };
        self.tasks.spawn(async move {
            let _watch = watch;
            task.await;
        });
    }

    /// Waits until it is time to stop and then, for at most `grace`, until all tasks have ended.
    pub async fn finish(&self, grace: Duration) -> Result<(), Unclean> {
        self.stop.cancelled().await;
        self.tasks.close();
        let in_time = tokio::time::timeout(grace, self.tasks.wait()).await.is_ok();
        match (self.failed.get(), in_time) {
            (Some(why), _) => Err(*why),
            (None, false) => Err(Unclean::GraceOver),
            (None, true) => Ok(()),
        }
    }
}

/// Dropped when a permanent task ends, by returning or by panicking.
struct DeathWatch {
    name: &'static str,
    lifecycle: Lifecycle,
}

impl Drop for DeathWatch {
    fn drop(&mut self) {
        if !self.lifecycle.stop.is_cancelled() {
            tracing::error!(task = self.name, "a permanent task has died; the service stops");
            self.lifecycle.fail(Unclean::TaskDied);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_for_work_in_hand() {
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
        assert_eq!(lifecycle.finish(Duration::from_secs(5)).await, Err(Unclean::GraceOver));
    }

    #[tokio::test]
    async fn the_death_of_a_permanent_task_stops_the_service() {
        let lifecycle = Lifecycle::default();
        lifecycle.spawn_permanent("a task", async { panic!("as a test") });
        assert_eq!(lifecycle.finish(Duration::from_secs(5)).await, Err(Unclean::TaskDied));
    }
}
