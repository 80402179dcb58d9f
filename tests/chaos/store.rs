use std::time::Duration;

use test_kit::{Launch, Link, Redis, Shim};
use tokio::time::{Instant, sleep};

use crate::config::{Appendonly, Config};

/// How long a replica may take to catch up.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(10);

/// Redis: a primary and possibly a replica.
pub(crate) struct Store {
    servers: Vec<Server>,
    primary: usize,
}

/// A server, and the link through which the other one replicates it.
struct Server {
    redis: Redis,
    replication: Link,
}

impl Store {
    /// Starts the servers.
    pub(crate) async fn start(config: &Config, shim: &Shim) -> Self {
        let (appendonly, sync) = match config.appendonly {
            Appendonly::Always => ("yes", "always"),
            Appendonly::Everysec => ("yes", "everysec"),
            Appendonly::Off => ("no", "everysec"),
        };
        let options = ["--appendonly", appendonly, "--appendfsync", sync, "--repl-diskless-sync-delay", "0"];
        let launch = Launch::default().options(&options).under(shim);
        let mut servers = Vec::new();
        for _ in 0..=usize::from(config.has_replica) {
            let redis = Redis::start_as(launch.clone()).await;
            let replication = Link::to(redis.addr()).await;
            servers.push(Server { redis, replication });
        }
        let store = Self { servers, primary: 0 };
        store.follow().await;
        store
    }

    /// The server that takes writes.
    pub(crate) fn primary(&self) -> &Redis {
        &self.servers[self.primary].redis
    }

    /// Whether the servers have WAITAOF, which `ACCEPT_DURABILITY=disk` needs.
    pub(crate) async fn has_waitaof(&self) -> bool {
        let known: Vec<redis::Value> = self.primary().run("COMMAND INFO WAITAOF").await;
        known.first().is_some_and(|command| *command != redis::Value::Nil)
    }

    /// Sends a command to the primary, and ignores errors, as the command may close this connection.
    pub(crate) async fn send(&self, words: &[&str]) {
        let mut command = redis::Cmd::new();
        command.arg(words);
        let _ = command.exec_async(&mut self.primary().connect().await).await;
    }

    /// Kills the primary and starts it again after `away`.
    pub(crate) async fn restart(&mut self, away: Duration) {
        let server = &mut self.servers[self.primary].redis;
        server.kill().await;
        sleep(away).await;
        server.start().await;
    }

    /// Makes the replica the primary, once it has caught up. `false` if it did not in time.
    pub(crate) async fn fail_over(&mut self) -> bool {
        if !self.replica_has_all().await {
            return false;
        }
        self.send(&["FAILOVER", "TIMEOUT", "3000"]).await;
        let start = Instant::now();
        while !self.info(1 - self.primary, "replication").await.contains("role:master") {
            if start.elapsed() > CATCH_UP_TIMEOUT {
                return false;
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.primary = 1 - self.primary;
        true
    }

    /// Kills the primary, and makes the replica the primary, which lacks the writes of the last `lag`.
    pub(crate) async fn crash_over(&mut self, lag: Duration) {
        let (old, new) = (self.primary, 1 - self.primary);
        self.servers[old].replication.change(|terms| terms.down = test_kit::Flow::Held);
        sleep(lag).await;
        self.servers[old].redis.kill().await;
        self.servers[old].replication.cut();
        self.servers[old].replication.heal();
        self.primary = new;
        self.send(&["REPLICAOF", "NO", "ONE"]).await;
    }

    /// Starts the server that [`Self::crash_over`] killed.
    pub(crate) async fn bring_back(&mut self) {
        self.servers[1 - self.primary].redis.start().await;
        self.follow().await;
    }

    /// Makes the other server, if there is one, a replica of the primary.
    pub(crate) async fn follow(&self) {
        let Some(replica) = self.servers.get(1 - self.primary) else { return };
        let addr = self.servers[self.primary].replication.addr();
        let (host, port) = addr.split_once(':').expect("host and port");
        let _: redis::Value = replica.redis.run(&format!("REPLICAOF {host} {port}")).await;
    }

    /// Waits until the replica has caught up and is not rewriting its append-only file. `false` if it takes too long.
    pub(crate) async fn replica_has_all(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < CATCH_UP_TIMEOUT {
            let info = self.info(1 - self.primary, "everything").await;
            let idle = ["aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0", "master_link_status:up"];
            if idle.iter().all(|line| info.contains(line)) {
                return true;
            }
            sleep(Duration::from_millis(50)).await;
        }
        false
    }

    async fn info(&self, server: usize, section: &str) -> String {
        self.servers[server].redis.run(&format!("INFO {section}")).await
    }
}
