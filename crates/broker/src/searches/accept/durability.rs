use std::{fmt, str::FromStr, time::Duration};

use redis::{Cmd, FromRedisValue, RedisError, Value, aio::MultiplexedConnection};

use crate::{BrokerError, connection::primary::must_be_primary, error::refusal, millis::millis};

/// What an accepted search survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Redis has it in memory. Its append-only file follows within about a second, or two while the disk is slow.
    #[default]
    Memory,
    /// Redis' append-only file has it, and the disk has that: WAITAOF, which needs Redis 7.2.
    Disk,
    /// A replica has it in memory: WAIT.
    Replica,
}

/// A word that is no durability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be memory, disk or replica")]
pub struct InvalidDurability;

/// Why Redis, as it is set up now, can't keep searches as safely as is asked for. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is too old.
    #[error("ACCEPT_DURABILITY=disk needs a Redis with WAITAOF: 7.2 or newer, or Valkey")]
    NoWaitAof,
    /// It writes no append-only file.
    #[error("ACCEPT_DURABILITY=disk needs a Redis with an append-only file: appendonly yes")]
    NoAppendOnlyFile,
    /// It never has the disk take what it writes.
    #[error("ACCEPT_DURABILITY=disk needs a Redis with appendfsync always or everysec")]
    NeverSynced,
    /// Nobody replicates it.
    #[error("ACCEPT_DURABILITY=replica needs a Redis with a connected replica")]
    NoReplica,
}

impl Unfit {
    /// The reason, in fixed words.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoWaitAof => "Redis is too old for ACCEPT_DURABILITY=disk",
            Self::NoAppendOnlyFile => "Redis has no append-only file, which ACCEPT_DURABILITY=disk needs",
            Self::NeverSynced => "Redis never syncs its append-only file, which ACCEPT_DURABILITY=disk needs",
            Self::NoReplica => "Redis has no replica, which ACCEPT_DURABILITY=replica needs",
        }
    }
}

impl Durability {
    /// The command that waits, for at most `timeout`, until the connection's writes are kept so.
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

    /// Whether that was so when the command returned: it answers how many replicas, or how many disks and how many
    /// replicas' disks, have the writes.
    pub(super) fn is_kept(reply: Value) -> Result<bool, BrokerError> {
        let kept = match reply {
            Value::Array(counts) => counts.into_iter().next().unwrap_or(Value::Nil),
            count => count,
        };
        Ok(u64::from_redis_value(kept)? > 0)
    }

    /// Whether this server can do so. Asked before anything is written: a search that is refused should not run.
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
    // Returns at once: this connection waits for no write.
    let waited = Durability::Disk.wait(Duration::from_millis(1)).exec_async(connection).await;
    waited.map_err(why_no_wait)?;
    let mut policy = redis::cmd("CONFIG");
    policy.arg("GET").arg("appendfsync");
    // Where that may not be asked, the first wait tells.
    match policy.query_async::<Vec<String>>(connection).await {
        Ok(policy) if policy.get(1).is_some_and(|policy| policy == "no") => Err(Unfit::NeverSynced.into()),
        _ => Ok(()),
    }
}

/// Why a server refuses WAITAOF. It says so without a code of its own.
fn why_no_wait(error: RedisError) -> BrokerError {
    let refusal = refusal(&error).filter(|refusal| refusal.code() == "ERR");
    match refusal.as_ref().and_then(|refusal| refusal.details()) {
        Some(why) if why.starts_with("unknown command") => Unfit::NoWaitAof.into(),
        Some(why) if why.contains("replica instances") => BrokerError::NotPrimary,
        Some(why) if why.contains("appendonly is disabled") => Unfit::NoAppendOnlyFile.into(),
        _ => error.into(),
    }
}

async fn check_replica(connection: &mut MultiplexedConnection) -> Result<(), BrokerError> {
    let mut info = redis::cmd("INFO");
    let info: String = info.arg("replication").query_async(connection).await?;
    if info.lines().any(|line| line == "role:slave") {
        return Err(BrokerError::NotPrimary);
    }
    // One that is still being sent what there is confirms nothing yet: slave0:ip=…,port=…,state=online,…
    let is_online = |line: &str| line.starts_with("slave") && line.contains(",state=online,");
    if info.lines().any(is_online) { Ok(()) } else { Err(Unfit::NoReplica.into()) }
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
    fn what_a_server_refuses_waitaof_with_tells_why() {
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
            let told = why_no_wait(value.extract_error().unwrap_err()).to_string();
            assert!(told.contains(why), "{reply}: {told}");
        }
    }
}
