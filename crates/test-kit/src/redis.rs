//! A Redis of its own that can be stopped, killed and started again.

use std::{ffi::OsString, time::Duration};

use redis::{
    AsyncCommands, AsyncConnectionConfig, FromRedisValue, aio::MultiplexedConnection,
    streams::StreamRangeReply,
};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{
    process::{Service, bare},
    shim::Shim,
    wait::{PATIENCE, eventually, free_port},
};

/// How many ports are tried before something else must be wrong.
const PORTS_TRIED: usize = 20;

/// A private Redis server on a port of its own, with its data in a directory of its own.
#[derive(Debug)]
pub struct Redis {
    data: TempDir,
    port: u16,
    launch: Launch,
    server: Service,
}

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Launch {
    program: OsString,
    options: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Default for Launch {
    /// `REDIS_SERVER`, or else the `redis-server` of the system.
    fn default() -> Self {
        let program = std::env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
        Self { program, options: Vec::new(), environment: Vec::new() }
    }
}

impl Launch {
    /// Another program, for a test that needs a newer server than it may be run on.
    #[must_use]
    pub fn program(self, program: impl Into<OsString>) -> Self {
        Self { program: program.into(), ..self }
    }

    /// With these options, too.
    #[must_use]
    pub fn options(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    /// With the clock and the disk that this shim shows it.
    #[must_use]
    pub fn under(mut self, shim: &Shim) -> Self {
        self.environment.extend(shim.environment());
        self
    }

    fn start(&self, data: &TempDir, port: u16) -> Service {
        let mut command = bare(&self.program);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""]);
        command.arg("--dir").arg(data.path()).args(&self.options);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Service::spawn("redis-server", command)
    }
}

impl Redis {
    /// A server that keeps everything: append-only file, synced with each write.
    pub async fn durable() -> Self {
        Self::with(&["--appendonly", "yes", "--appendfsync", "always"]).await
    }

    /// A server that keeps nothing when it stops; the fastest to start.
    pub async fn volatile() -> Self {
        Self::with(&[]).await
    }

    /// A server with these options.
    pub async fn with(options: &[&str]) -> Self {
        Self::start_as(Launch::default().options(options)).await
    }

    /// A server of this program, for a test that needs a newer one than it may be run on.
    pub async fn of(program: impl Into<OsString>, options: &[&str]) -> Self {
        Self::start_as(Launch::default().program(program).options(options)).await
    }

    /// A server that is started so.
    pub async fn start_as(mut launch: Launch) -> Self {
        let mut data = TempDir::new().expect("a directory for Redis");
        let mut log = String::new();
        // The port may be taken by another test before Redis has it: then another one.
        for _ in 0..PORTS_TRIED {
            let port = free_port();
            let server = launch.start(&data, port);
            let mut redis = Self { data, port, launch, server };
            if redis.comes_up().await {
                return redis;
            }
            log = redis.server.log();
            (data, launch) = (redis.data, redis.launch);
        }
        panic!("Redis does not start: is redis-server 7.0 or newer installed?\n{log}");
    }

    async fn comes_up(&mut self) -> bool {
        eventually("Redis answers", async || {
            if self.server.has_ended() {
                return Some(false);
            }
            let mut connection = self.try_connect().await?;
            // Another test's server on the same port is not this one.
            let info: String = redis::cmd("INFO").query_async(&mut connection).await.ok()?;
            let mine = self.server.pid().is_some_and(|pid| info.contains(&format!("process_id:{pid}\r")));
            (mine && info.contains("\nloading:0\r")).then_some(true)
        })
        .await
    }

    /// Its address for the services.
    #[must_use]
    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The server that runs.
    #[must_use]
    pub fn server(&self) -> &Service {
        &self.server
    }

    /// Lets it hang for this long: what it is asked meanwhile, it does afterwards.
    pub async fn hang(&self, span: Duration) {
        self.server.signal(Signal::STOP);
        tokio::time::sleep(span).await;
        self.server.signal(Signal::CONT);
    }

    /// Kills it and waits for its end.
    pub async fn kill(&mut self) {
        self.server.kill().await;
    }

    /// Starts it again on the same port, with the data it had.
    pub async fn start(&mut self) {
        self.server = self.launch.start(&self.data, self.port);
        assert!(self.comes_up().await, "Redis comes back\n{}", self.server.log());
    }

    /// A new connection.
    pub async fn connect(&self) -> MultiplexedConnection {
        eventually("Redis takes a connection", async || self.try_connect().await).await
    }

    async fn try_connect(&self) -> Option<MultiplexedConnection> {
        let client = redis::Client::open(format!("redis://{}", self.addr())).expect("an address");
        // On a busy machine half a second, the default, is soon over.
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
        client.get_multiplexed_async_connection_with_config(&config).await.ok()
    }

    /// Runs one command, its words separated by spaces.
    pub async fn run<T: FromRedisValue>(&self, command: &str) -> T {
        let mut words = command.split(' ');
        let mut cmd = redis::cmd(words.next().unwrap_or_default());
        words.for_each(|word| _ = cmd.arg(word));
        cmd.query_async(&mut self.connect().await).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Adds an entry to a stream.
    pub async fn add(&self, stream: &str, fields: &[(&str, &str)]) -> String {
        self.connect().await.xadd(stream, "*", fields).await.expect("an entry is added")
    }

    /// All entries of a stream.
    pub async fn entries(&self, stream: &str) -> Vec<std::collections::HashMap<String, String>> {
        let reply: StreamRangeReply =
            self.connect().await.xrange_all(stream).await.expect("a stream is read");
        let text = |value| redis::from_redis_value(value).unwrap_or_default();
        reply
            .ids
            .into_iter()
            .map(|id| id.map.into_iter().map(|(field, value)| (field, text(value))).collect())
            .collect()
    }
}
