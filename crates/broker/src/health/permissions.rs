//! Which of the commands in use Redis forbids to its user.
//!
//! There is a command that tells (`ACL DRYRUN`), but few users may give it. So each is given, in a form that does
//! nothing: it only reads, or its arguments are wrong. Redis looks at permissions first, so its answer tells.

use redis::{Value, pipe};

use crate::{Broker, BrokerError, Durability, error::is_forbidden};

/// Which part of the system asks: each needs other permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The gateway, which accepts searches with this durability.
    Gateway(Durability),
    /// The worker.
    Worker,
}

/// What both do, in their own commands and in their scripts.
const BOTH: &[&str] = &[
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
    "EXEC",
    "XLEN flight.search.requested",
    "XINFO GROUPS flight.search.requested",
    "XADD flight.search.cancelled odd field value",
    "EXISTS flight.search.results",
    "XINFO STREAM flight.search.results",
    "XREAD COUNT odd STREAMS flight.search.results 0",
];

/// What a gateway does besides that waits for a disk.
const DISK: &[&str] = &["WAITAOF odd odd odd", "SET flight.search.fence value PX odd"];

/// What a gateway does besides that waits for a replica.
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

impl Broker {
    /// The commands that this part needs and Redis forbids, each with what it was to be done to.
    pub(crate) async fn forbidden(&self, part: Part) -> Result<Vec<String>, BrokerError> {
        let commands: Vec<_> = part.commands().collect();
        let mut all = pipe();
        all.ignore_errors();
        for command in &commands {
            let mut words = command.split(' ');
            all.cmd(words.next().unwrap_or_default());
            words.for_each(|word| _ = all.arg(word));
        }
        let replies: Vec<Value> = all.query_async(&mut self.connection.clone()).await?;
        let answered = commands.into_iter().zip(replies);
        Ok(answered
            .filter(|(_, reply)| matches!(reply, Value::ServerError(error) if is_forbidden(error)))
            .map(|(command, _)| name(command))
            .collect())
    }
}

impl Part {
    fn commands(self) -> impl Iterator<Item = &'static str> {
        let (own, waiting): (_, &[_]) = match self {
            Self::Gateway(Durability::Memory) => (GATEWAY, &[]),
            Self::Gateway(Durability::Disk) => (GATEWAY, DISK),
            Self::Gateway(Durability::Replica) => (GATEWAY, REPLICA),
            Self::Worker => (WORKER, &[]),
        };
        [BOTH, own, waiting].into_iter().flatten().copied()
    }
}

/// What people call a command: with its subcommand, if that is one, and the key that it is about.
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
    fn commands_are_named_with_what_they_are_about() {
        for (command, named) in [
            ("TIME", "TIME"),
            (BOTH[0], "EVALSHA"),
            ("XINFO STREAM flight.search.results", "XINFO STREAM on flight.search.results"),
            ("PEXPIRE flight.search.record: odd", "PEXPIRE on flight.search.record:*"),
        ] {
            assert_eq!(name(command), named);
        }
    }

    #[test]
    fn all_that_the_scripts_do_is_looked_at() {
        let known: Vec<_> =
            BOTH.iter().chain(GATEWAY).chain(WORKER).map(|command| command.split(' ').next()).collect();
        for script in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/scripts")).unwrap() {
            let path = script.unwrap().path();
            for call in std::fs::read_to_string(&path).unwrap().split("redis.call('").skip(1) {
                let command = call.split('\'').next();
                assert!(known.contains(&command), "{}: {command:?}", path.display());
            }
        }
    }
}
