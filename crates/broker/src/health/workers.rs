use std::{collections::HashMap, time::Duration};

use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};
use redis::{AsyncCommands, Value};

use crate::{Broker, BrokerError};

/// What the group of workers tells about its members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workers {
    /// How long ago one of them gave the last sign of life; each gives one every few seconds. None if there is none.
    pub heard: Option<Duration>,
    /// One of them may be a worker of the replaced system, which gives none while it has nothing to do.
    pub may_be_quiet: bool,
}

impl Broker {
    /// Asks when a worker was last heard of.
    pub async fn workers(&self) -> Result<Workers, BrokerError> {
        let mut connection = self.connection.clone();
        if !connection.exists::<_, bool>(REQUESTED_STREAM).await? {
            return Ok(Workers::default());
        }
        let mut info = redis::cmd("XINFO");
        info.arg("CONSUMERS").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP);
        let consumers = info.query_async::<Vec<HashMap<String, Value>>>(&mut connection).await;
        match consumers.map_err(BrokerError::from) {
            Ok(consumers) => Ok(consumers.iter().fold(Workers::default(), Workers::with)),
            // No worker has come yet.
            Err(BrokerError::NoGroup(_)) => Ok(Workers::default()),
            Err(error) => Err(error),
        }
    }
}

impl Workers {
    fn with(self, consumer: &HashMap<String, Value>) -> Self {
        let idle = consumer.get("idle").and_then(|idle| redis::from_redis_value::<u64>(idle.clone()).ok());
        let name = consumer.get("name").and_then(|name| redis::from_redis_value::<String>(name.clone()).ok());
        let heard = self.heard.into_iter().chain(idle.map(Duration::from_millis)).min();
        Self { heard, may_be_quiet: self.may_be_quiet || name.is_some_and(|name| !is_ours(&name)) }
    }
}

/// Whether this is how a worker of this system calls itself: its name ends in eight hexadecimal digits.
fn is_ours(consumer: &str) -> bool {
    let chance = consumer.rsplit_once('-').map(|(_, chance)| chance);
    chance.is_some_and(|chance| chance.len() == 8 && chance.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_told_by_their_names() {
        assert!(is_ours("host-7-00c0ffee"));
        for foreign in ["worker", "worker-1", "provider-consumer"] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }
}
