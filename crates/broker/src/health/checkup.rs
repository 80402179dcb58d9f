use contracts::names::{OPEN_SEARCHES, REQUESTED_STREAM};
use redis::InfoDict;

use crate::{Broker, BrokerError, connection::primary::must_be_primary, error::refusal, health::Part};

/// What a look at Redis tells about its fitness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// It is a replica.
    pub is_replica: bool,
    /// It runs in cluster mode.
    pub is_cluster: bool,
    /// Commands that are needed and that it forbids, each with what they are about.
    pub forbidden: Vec<String>,
    /// How it is set up; none if it may not be asked.
    pub setup: Option<Setup>,
}

/// How Redis is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Its `maxmemory-policy`, where that is one that evicts.
    pub evicts: Option<String>,
    /// It has no append-only file.
    pub forgets: bool,
    /// How full it is, where it has a limit.
    pub memory: Option<Memory>,
}

/// How full Redis is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What it uses.
    pub used: u64,
    /// What it may use.
    pub max: u64,
}

impl Broker {
    /// Looks at how Redis is set up, and whether it permits what this part does.
    pub async fn checkup(&self, part: Part) -> Result<Checkup, BrokerError> {
        let is_doubtful = self.connection.take_doubt();
        let looked = self.look(part, is_doubtful).await;
        // What it has permitted it goes on to permit, until something makes that doubtful.
        if is_doubtful && looked.as_ref().map_or(true, |checkup| !checkup.forbidden.is_empty()) {
            self.connection.doubt();
        }
        looked.inspect(|checkup| {
            if checkup.is_replica {
                self.connection.demoted("it leads to a replica");
            }
        })
    }

    async fn look(&self, part: Part, is_doubtful: bool) -> Result<Checkup, BrokerError> {
        let mut checkup = self.setup().await?;
        if checkup.setup.is_none() {
            // That this question is forbidden makes nothing else doubtful.
            self.connection.take_doubt();
        }
        if is_doubtful {
            checkup.forbidden = self.forbidden(part).await?;
        }
        Ok(checkup)
    }

    /// What kind of server it is, and how it is set up.
    async fn setup(&self) -> Result<Checkup, BrokerError> {
        let mut info = redis::cmd("INFO");
        info.arg(&["replication", "memory", "persistence", "cluster"]);
        let asked = info.query_async::<InfoDict>(&mut self.connection.clone()).await;
        match asked.map_err(BrokerError::from) {
            Ok(info) => {
                let is_replica = info.get::<String>("role").is_some_and(|role| role != "master");
                let is_cluster = info.get::<u8>("cluster_enabled") == Some(1);
                let setup = Some(Setup::of(&info));
                Ok(Checkup { is_replica, is_cluster, setup, ..Checkup::default() })
            }
            Err(BrokerError::Forbidden(_)) => {
                let is_replica = match must_be_primary(&mut self.connection.clone()).await {
                    Err(BrokerError::NotPrimary) => true,
                    primary => primary.map(|()| false)?,
                };
                Ok(Checkup { is_replica, is_cluster: self.refuses_two_keys().await?, ..Checkup::default() })
            }
            Err(error) => Err(error),
        }
    }

    /// Whether two keys can't be asked for at once, which is so in cluster mode alone.
    async fn refuses_two_keys(&self) -> Result<bool, BrokerError> {
        let mut exists = redis::cmd("EXISTS");
        exists.arg(OPEN_SEARCHES).arg(REQUESTED_STREAM);
        match exists.exec_async(&mut self.connection.clone()).await {
            Err(error) => match refusal(&error) {
                // While slots are missing it says CLUSTERDOWN, with no node of its own that has them MOVED.
                Some(refusal) => Ok(matches!(refusal.code(), "CROSSSLOT" | "CLUSTERDOWN" | "MOVED")),
                None => Err(error.into()),
            },
            Ok(()) => Ok(false),
        }
    }
}

impl Setup {
    fn of(info: &InfoDict) -> Self {
        let number = |name: &str| info.get::<u64>(name);
        let memory = number("used_memory").zip(number("maxmemory"));
        Self {
            evicts: info.get("maxmemory_policy").filter(|policy| policy != "noeviction"),
            forgets: number("aof_enabled") == Some(0),
            memory: memory.filter(|(_, max)| *max > 0).map(|(used, max)| Memory { used, max }),
        }
    }
}
