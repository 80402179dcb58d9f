use std::{collections::HashMap, time::Duration};

use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};
use redis::{AsyncCommands, Value};

use crate::{Broker, BrokerError, metrics::Operation};

/// A worker is alive if it was active within this time. Each is active at least every 5 s.
pub const WORKER_TIMEOUT: Duration = Duration::from_secs(10);

/// Signs of life of the workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workers {
    /// How long ago any worker gave a sign of life. Each gives one every few seconds. `None` if there is no worker.
    pub last_seen: Option<Duration>,
    /// How many gave one within [`WORKER_TIMEOUT`].
    pub alive: usize,
    /// There may be a worker of the replaced system, which gives no sign of life while it is idle.
    pub has_foreign: bool,
}

impl Broker {
    /// Reads the workers' signs of life.
    pub async fn workers(&self) -> Result<Workers, BrokerError> {
        let workers = self.signs_of_life().await?;
        self.metrics.queue.set_workers(workers.alive);
        Ok(workers)
    }

    async fn signs_of_life(&self) -> Result<Workers, BrokerError> {
        let mut connection = self.connection.to(Operation::Workers);
        if !connection.exists::<_, bool>(REQUESTED_STREAM).await? {
            return Ok(Workers::default());
        }
        let mut info = redis::cmd("XINFO");
        info.arg("CONSUMERS").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP);
        let consumers = info.query_async::<Vec<HashMap<String, Value>>>(&mut connection).await;
        match consumers.map_err(BrokerError::from) {
            Ok(consumers) => Ok(consumers.iter().fold(Workers::default(), Workers::with)),
            // No worker has started yet.
            Err(BrokerError::NoGroup(_)) => Ok(Workers::default()),
            Err(error) => Err(error),
        }
    }
}

impl Workers {
    fn with(self, consumer: &HashMap<String, Value>) -> Self {
        let idle = consumer.get("idle").and_then(|idle| redis::from_redis_value::<u64>(idle.clone()).ok());
        let name = consumer.get("name").and_then(|name| redis::from_redis_value::<String>(name.clone()).ok());
        let idle = idle.map(Duration::from_millis);
        Self {
            last_seen: self.last_seen.into_iter().chain(idle).min(),
            alive: self.alive + usize::from(idle.is_some_and(|idle| idle <= WORKER_TIMEOUT)),
            has_foreign: self.has_foreign || name.is_some_and(|name| !is_ours(&name)),
        }
    }
}

/// Whether a consumer is a worker of this system: its name ends in eight hexadecimal digits.
fn is_ours(consumer: &str) -> bool {
    let suffix = consumer.rsplit_once('-').map(|(_, suffix)| suffix);
    suffix.is_some_and(|suffix| suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_workers_are_recognized_by_name() {
        assert!(is_ours("host-7-00c0ffee"));
        for foreign in ["worker", "worker-1", "provider-consumer"] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }
}
