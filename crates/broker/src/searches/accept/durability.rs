use std::{fmt, str::FromStr, time::Duration};

use redis::{Cmd, FromRedisValue, RedisError, Value, aio::MultiplexedConnection};

use crate::{
    connection::primary::must_be_primary,
    error::{BrokerError, NotDurable, refusal},
    millis::millis,
};

/// Where Redis must have a search before it counts as accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// In Redis' memory. The append-only file follows within about a second, or two if the disk is slow.
    #[default]
    Memory,
    /// In the append-only file, on disk. Uses WAITAOF, which needs Redis 7.2.
    Disk,
    /// In the memory of a replica. Uses WAIT.
    Replica,
}

/// Not a valid durability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be memory, disk or replica")]
pub struct InvalidDurability;

impl Durability {
    /// The command that waits up to `timeout` until the connection's writes are durable.
    pub(super) fn wait(self, timeout: Duration) -> Cmd {
        let mut wait;
        if self == Self::Replica {
            wait = redis::cmd("WAIT");
            wait.arg(1);
        } else {
            wait = redis::cmd("WAITAOF");
            wait.arg(1).arg(0);
        }
        wait.arg(millis(timeout));
        wait
    }

    /// Whether the writes are durable. WAIT replies with the number of replicas that have them; WAITAOF with the
    /// number of local disks, and that of replicas' disks.
    pub(super) fn is_durable(reply: Value) -> Result<bool, BrokerError> {
        let count = match reply {
            Value::Array(counts) => counts.into_iter().next().unwrap_or(Value::Nil),
            count => count,
        };
        Ok(u64::from_redis_value(count)? > 0)
    }

    /// Checks that this server can provide the durability. Do this before writing: a refused search should not run.
    pub(super) async fn check(self, connection: &mut MultiplexedConnection) -> Result<(), BrokerError> {
        match self {
            Self::Memory => Ok(()),
            Self::Disk => check_disk(connection).await,
            Self::Replica => check_replica(connection).await,
        }
    }
}

async fn check_disk(connection: &mut MultiplexedConnection) -> Result<(), BrokerError> {
    must_be_primary(connection).await?;
    // Returns at once: this connection has written nothing.
    let result = Durability::Disk.wait(Duration::from_millis(1)).exec_async(connection).await;
    result.map_err(waitaof_error)?;
    let mut policy = redis::cmd("CONFIG");
    policy.arg("GET").arg("appendfsync");
    // If CONFIG is forbidden, the first wait will fail instead.
    match policy.query_async::<Vec<String>>(connection).await {
        Ok(policy) if policy.get(1).is_some_and(|policy| policy == "no") => {
            Err(NotDurable::NeverSynced.into())
        }
        _ => Ok(()),
    }
}

/// Why Redis refuses WAITAOF. These errors have no codes of their own.
fn waitaof_error(error: RedisError) -> BrokerError {
    let refusal = refusal(&error).filter(|refusal| refusal.code() == "ERR");
    match refusal.as_ref().and_then(|refusal| refusal.details()) {
        Some(why) if why.starts_with("unknown command") => NotDurable::NoWaitAof.into(),
        Some(why) if why.contains("replica instances") => BrokerError::NotPrimary,
        Some(why) if why.contains("appendonly is disabled") => NotDurable::NoAppendOnlyFile.into(),
        _ => error.into(),
    }
}

async fn check_replica(connection: &mut MultiplexedConnection) -> Result<(), BrokerError> {
    let mut info = redis::cmd("INFO");
    let info: String = info.arg("replication").query_async(connection).await?;
    if info.lines().any(|line| line == "role:slave") {
        return Err(BrokerError::NotPrimary);
    }
    // A replica that is still syncing confirms nothing: slave0:ip=…,port=…,state=online,…
    let is_online = |line: &str| line.starts_with("slave") && line.contains(",state=online,");
    if info.lines().any(is_online) { Ok(()) } else { Err(NotDurable::NoReplica.into()) }
}

impl FromStr for Durability {
    type Err = InvalidDurability;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "memory" => Ok(Self::Memory),
            "disk" => Ok(Self::Disk),
            "replica" => Ok(Self::Replica),
            _ => Err(InvalidDurability),
        }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Memory => "memory",
            Self::Disk => "disk",
            Self::Replica => "replica",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_waitaof_are_recognized() {
        for (reply, why) in [
            (
                "ERR unknown command 'WAITAOF', with args beginning with: '1' '0' '1' ",
                "needs a Redis with WAITAOF",
            ),
            ("ERR WAITAOF cannot be used with replica instances. Please also note that", "is a replica"),
            (
                "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
                "append-only file",
            ),
            ("NOPERM User limited has no permissions to run the 'waitaof' command", "forbids it"),
            ("ERR something new", "refused"),
        ] {
            let value = redis::parse_redis_value(format!("-{reply}\r\n").as_bytes()).unwrap();
            let message = waitaof_error(value.extract_error().unwrap_err()).to_string();
            assert!(message.contains(why), "{reply}: {message}");
        }
    }
}
