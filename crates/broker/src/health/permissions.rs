//! Finds commands that Redis forbids to our user.
//!
//! `ACL DRYRUN` would tell us, but few users may run it. So we run each command in a form that changes nothing: it
//! only reads, or its arguments are wrong. Redis checks permissions before arguments, so its reply shows whether the
//! command is permitted.

use redis::{Value, pipe};

use crate::{Broker, BrokerError, Durability, error::is_forbidden, metrics::Operation};

/// A component of the system. Each needs its own permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// A gateway that accepts searches with this durability.
    Gateway(Durability),
    /// A worker.
    Worker,
    /// The operators' API of either. No service needs it for its work.
    Operators,
    /// The replay of a dead letter, which Redis must not stop halfway.
    Replay,
}

/// Commands that every component needs, directly and in scripts.
const ALL: &[&str] = &[
    "EVALSHA 0000000000000000000000000000000000000000 0",
    "SCRIPT LOAD return",
    "TIME",
    "HGETALL flight.search.record:",
    "HGET flight.search.record: status",
    "HMGET flight.search.record: status",
    "HEXISTS flight.search.record: status",
    "HKEYS flight.search.record:",
    "HSTRLEN flight.search.record: status",
    "EXISTS flight.search.record:",
    "HSET flight.search.record: field value odd",
    "HINCRBY flight.search.record: seq odd",
    "PEXPIRE flight.search.record: odd",
    "ZADD flight.search.open odd member",
    "ZREM flight.search.open odd",
    "ZSCORE flight.search.open odd",
    "ZRANGEBYSCORE flight.search.open odd odd",
    "ZREVRANGEBYSCORE flight.search.open odd odd",
    "XADD flight.search.requested odd field value",
    "XADD flight.search.results odd field value",
    "XTRIM flight.search.results MAXLEN odd",
    "XRANGE flight.search.results odd +",
    "XREVRANGE flight.search.results + odd",
    "XPENDING flight.search.requested search-processors",
    "XACK flight.search.requested search-processors odd",
    "XDEL flight.search.requested odd",
    "XINFO CONSUMERS flight.search.requested search-processors",
];

const GATEWAY: &[&str] = &[
    "GET flight.search.suppliers",
    "GET flight.search.youngest:",
    "SET flight.search.youngest: value PX odd",
    "HSET flight.search.idempotency: field value odd",
    "XLEN flight.search.requested",
    "XINFO GROUPS flight.search.requested",
    "XADD flight.search.cancelled odd field value",
    "EXISTS flight.search.results",
    "XINFO STREAM flight.search.results",
    "XREAD COUNT odd STREAMS flight.search.results 0",
    "EXEC",
];

/// Further commands of a gateway with [`Durability::Disk`].
const DISK: &[&str] = &["WAITAOF odd odd odd", "SET flight.search.fence value PX odd"];

/// Further commands of a gateway with [`Durability::Replica`].
const REPLICA: &[&str] = &["WAIT odd odd", "INFO replication", "SET flight.search.fence value PX odd"];

const WORKER: &[&str] = &[
    "SET flight.search.suppliers value EX odd",
    "XREADGROUP GROUP search-processors nobody COUNT odd STREAMS flight.search.requested >",
    "XCLAIM flight.search.requested search-processors nobody odd 0-1",
    "XGROUP CREATE flight.search.requested search-processors odd",
    "XGROUP DELCONSUMER flight.search.requested search-processors nobody",
    "XADD flight.search.dead odd field value",
    "EXISTS flight.search.cancelled",
    "XINFO STREAM flight.search.cancelled",
    "XREAD COUNT odd STREAMS flight.search.cancelled 0",
];

/// Further commands of the operators' API.
const OPERATORS: &[&str] = &[
    "INFO server",
    "XLEN flight.search.requested",
    "XLEN flight.search.dead",
    "XRANGE flight.search.dead odd +",
    "XREVRANGE flight.search.dead + odd",
    "XDEL flight.search.dead odd",
    "XREVRANGE flight.search.results + odd",
    "ZCARD flight.search.open",
    "EXISTS flight.search.requested",
    "MGET flight.search.worker:",
    "SET flight.search.worker: value PX odd",
    "DEL flight.search.worker:",
    "ZADD flight.search.gateways odd member",
    "ZREM flight.search.gateways odd",
    "ZREMRANGEBYSCORE flight.search.gateways odd odd",
    "ZREVRANGEBYSCORE flight.search.gateways odd odd",
];

/// Further commands of a replay.
const REPLAY: &[&str] = &["XRANGE flight.search.dead odd +", "XDEL flight.search.dead odd"];

impl Broker {
    /// The commands that `component` needs and Redis forbids, each with its key.
    pub async fn forbidden(&self, component: Component) -> Result<Vec<String>, BrokerError> {
        let commands: Vec<_> = component.commands().collect();
        let mut all = pipe();
        all.ignore_errors();
        for command in &commands {
            let mut words = command.split(' ');
            all.cmd(words.next().unwrap_or_default());
            words.for_each(|word| _ = all.arg(word));
        }
        let replies: Vec<Value> =
            all.query_async(&mut self.connection.to(Operation::CheckPermissions)).await?;
        let answered = commands.into_iter().zip(replies);
        Ok(answered
            .filter(|(_, reply)| matches!(reply, Value::ServerError(error) if is_forbidden(error)))
            .map(|(command, _)| name(command))
            .collect())
    }
}

impl Component {
    fn commands(self) -> impl Iterator<Item = &'static str> {
        let (own, durability): (_, &[_]) = match self {
            Self::Gateway(Durability::Memory) => (GATEWAY, &[]),
            Self::Gateway(Durability::Disk) => (GATEWAY, DISK),
            Self::Gateway(Durability::Replica) => (GATEWAY, REPLICA),
            Self::Worker => (WORKER, &[]),
            Self::Operators => (OPERATORS, &[]),
            Self::Replay => (REPLAY, &[]),
        };
        [ALL, own, durability].into_iter().flatten().copied()
    }
}

/// The command as users know it: with its subcommand, if it has one, and its key.
fn name(command: &str) -> String {
    let mut words = command.split(' ');
    let mut named = words.next().unwrap_or_default().to_owned();
    if let Some(subcommand) = words.next().filter(|_| matches!(&*named, "XGROUP" | "XINFO" | "SCRIPT")) {
        named = format!("{named} {subcommand}");
    }
    match command.split(' ').find(|word| word.starts_with("flight.")) {
        Some(key) if key.ends_with(':') => format!("{named} on {key}*"),
        Some(key) => format!("{named} on {key}"),
        None => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_named_with_their_keys() {
        for (command, named) in [
            ("TIME", "TIME"),
            (ALL[0], "EVALSHA"),
            ("XINFO STREAM flight.search.results", "XINFO STREAM on flight.search.results"),
            ("PEXPIRE flight.search.record: odd", "PEXPIRE on flight.search.record:*"),
        ] {
            assert_eq!(name(command), named);
        }
    }

    #[test]
    fn commands_of_scripts_are_checked() {
        let known: Vec<_> =
            ALL.iter().chain(GATEWAY).chain(WORKER).map(|command| command.split(' ').next()).collect();
        for script in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/scripts")).unwrap() {
            let path = script.unwrap().path();
            for call in std::fs::read_to_string(&path).unwrap().split("redis.call('").skip(1) {
                let command = call.split('\'').next();
                assert!(known.contains(&command), "{}: {command:?}", path.display());
            }
        }
    }
}
