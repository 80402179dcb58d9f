use contracts::names::{OPEN_SEARCHES, REQUESTED_STREAM};
use redis::InfoDict;

use crate::{
    Broker, BrokerError, connection::primary::must_be_primary, error::refusal, health::Component,
    metrics::Operation,
};

/// The result of [`Broker::checkup`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// Redis is a replica.
    pub is_replica: bool,
    /// Redis runs in cluster mode.
    pub is_cluster: bool,
    /// Commands that we need and Redis forbids, such as `SET on flight.search.suppliers`.
    pub forbidden: Vec<String>,
    /// Settings; `None` if Redis forbids INFO.
    pub setup: Option<Setup>,
}

/// Settings of Redis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The `maxmemory-policy`, if it is one that evicts keys.
    pub eviction_policy: Option<String>,
    /// Redis has no append-only file.
    pub lacks_append_only_file: bool,
    /// Memory usage, if there is a limit.
    pub memory: Option<Memory>,
}

/// Memory usage of Redis, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Memory in use.
    pub used: u64,
    /// The limit, `maxmemory`.
    pub max: u64,
}

impl Broker {
    /// Checks how Redis is set up, and whether it permits the commands that `component` needs.
    pub async fn checkup(&self, component: Component) -> Result<Checkup, BrokerError> {
        let check_permissions = self.connection.take_permission_check();
        let checkup = self.examine(component, check_permissions).await;
        // Until everything is permitted, check again next time. After that, only when there is a reason to.
        if check_permissions && checkup.as_ref().map_or(true, |checkup| !checkup.forbidden.is_empty()) {
            self.connection.request_permission_check();
        }
        let is_usable = |checkup: &Checkup| !checkup.is_replica && checkup.forbidden.is_empty();
        self.metrics.redis.set_up(checkup.as_ref().is_ok_and(is_usable));
        checkup.inspect(|checkup| {
            if checkup.is_replica {
                self.connection.demoted("it leads to a replica");
            }
        })
    }

    async fn examine(&self, component: Component, check_permissions: bool) -> Result<Checkup, BrokerError> {
        let mut checkup = self.setup().await?;
        if check_permissions {
            checkup.forbidden = self.forbidden(component).await?;
        }
        Ok(checkup)
    }

    /// Everything but permissions.
    async fn setup(&self) -> Result<Checkup, BrokerError> {
        let mut info = redis::cmd("INFO");
        info.arg(&["replication", "memory", "persistence", "cluster"]);
        let reply = info.query_async::<InfoDict>(&mut self.connection.to(Operation::CheckSettings)).await;
        match reply.map_err(BrokerError::from) {
            Ok(info) => {
                let is_replica = info.get::<String>("role").is_some_and(|role| role != "master");
                let is_cluster = info.get::<u8>("cluster_enabled") == Some(1);
                let setup = Some(Setup::of(&info));
                self.measure(&info);
                Ok(Checkup { is_replica, is_cluster, setup, ..Checkup::default() })
            }
            Err(BrokerError::Forbidden(_)) => {
                let is_replica =
                    match must_be_primary(&mut self.connection.to(Operation::CheckSettings)).await {
                        Err(BrokerError::NotPrimary) => true,
                        primary => primary.map(|()| false)?,
                    };
                self.metrics.redis.set_setup(None, None, None);
                Ok(Checkup { is_replica, is_cluster: self.refuses_two_keys().await?, ..Checkup::default() })
            }
            Err(error) => Err(error),
        }
    }

    /// Measures what INFO says.
    fn measure(&self, info: &InfoDict) {
        let number = |name: &str| info.get::<u64>(name);
        let memory = number("used_memory").zip(number("maxmemory"));
        let append_only = has_append_only_file(info);
        let evicts = info.get::<String>("maxmemory_policy").map(|policy| policy != "noeviction");
        self.metrics.redis.set_setup(memory, append_only, evicts);
    }

    /// Whether Redis refuses a command with two keys, as it does in cluster mode only.
    async fn refuses_two_keys(&self) -> Result<bool, BrokerError> {
        let mut exists = redis::cmd("EXISTS");
        exists.arg(OPEN_SEARCHES).arg(REQUESTED_STREAM);
        match exists.exec_async(&mut self.connection.to(Operation::CheckSettings)).await {
            Err(error) => match refusal(&error) {
                // CLUSTERDOWN while slots are missing; MOVED if another node has both.
                Some(refusal) => Ok(matches!(refusal.code(), "CROSSSLOT" | "CLUSTERDOWN" | "MOVED")),
                None => Err(error.into()),
            },
            Ok(()) => Ok(false),
        }
    }
}

impl Setup {
    pub(super) fn of(info: &InfoDict) -> Self {
        let number = |name: &str| info.get::<u64>(name);
        let memory = number("used_memory").zip(number("maxmemory"));
        Self {
            eviction_policy: info.get("maxmemory_policy").filter(|policy| policy != "noeviction"),
            lacks_append_only_file: has_append_only_file(info) == Some(false),
            memory: memory.filter(|(_, max)| *max > 0).map(|(used, max)| Memory { used, max }),
        }
    }
}

/// Whether Redis has an append-only file; `None` if unknown. While Redis loads one, it says that it has none.
fn has_append_only_file(info: &InfoDict) -> Option<bool> {
    let is_loading = info.get::<u8>("loading") == Some(1);
    info.get::<u8>("aof_enabled").filter(|_| !is_loading).map(|enabled| enabled == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_may_have_an_append_only_file_while_it_loads() {
        for (info, expected) in [
            ("loading:0\r\naof_enabled:1\r\n", Some(true)),
            ("loading:0\r\naof_enabled:0\r\n", Some(false)),
            ("loading:1\r\naof_enabled:0\r\n", None),
            ("", None),
        ] {
            assert_eq!(has_append_only_file(&InfoDict::new(info)), expected, "{info}");
        }
    }
}
