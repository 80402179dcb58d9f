use redis::InfoDict;

use crate::{Broker, BrokerError, permissions::Part, primary::must_be_primary};

/// What a look at Redis tells about its fitness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// It is a replica.
    pub is_replica: bool,
    /// Commands that are needed and that it forbids, each with what they are about.
    pub forbidden: Vec<String>,
    /// How it is set up; none if it may not be asked.
    pub setup: Option<Setup>,
}

/// How Redis is set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// It runs in cluster mode.
    pub is_cluster: bool,
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
        let (is_replica, setup) = self.setup().await?;
        if setup.is_none() {
            // That this question is forbidden makes nothing else doubtful.
            self.connection.take_doubt();
        }
        let forbidden = if is_doubtful { self.forbidden(part).await? } else { Vec::new() };
        Ok(Checkup { is_replica, forbidden, setup })
    }

    /// Whether it is a replica, and how it is set up.
    async fn setup(&self) -> Result<(bool, Option<Setup>), BrokerError> {
        let mut info = redis::cmd("INFO");
        info.arg(&["replication", "memory", "persistence", "cluster"]);
        let asked = info.query_async::<InfoDict>(&mut self.connection.clone()).await;
        match asked.map_err(BrokerError::from) {
            Ok(info) => {
                let is_replica = info.get::<String>("role").is_some_and(|role| role != "master");
                Ok((is_replica, Some(Setup::of(&info))))
            }
            Err(BrokerError::Forbidden(_)) => match must_be_primary(&mut self.connection.clone()).await {
                Err(BrokerError::NotPrimary) => Ok((true, None)),
                primary => primary.map(|()| (false, None)),
            },
            Err(error) => Err(error),
        }
    }
}

impl Setup {
    fn of(info: &InfoDict) -> Self {
        let number = |name: &str| info.get::<u64>(name);
        let memory = number("used_memory").zip(number("maxmemory"));
        Self {
            is_cluster: number("cluster_enabled") == Some(1),
            evicts: info.get("maxmemory_policy").filter(|policy| policy != "noeviction"),
            forgets: number("aof_enabled") == Some(0),
            memory: memory.filter(|(_, max)| *max > 0).map(|(used, max)| Memory { used, max }),
        }
    }
}
