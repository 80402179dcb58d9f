//! A private Redis server that can be paused, killed and started again.

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
    wait::{TIMEOUT, eventually, free_port},
};

/// How many ports to try before giving up.
const PORTS_TRIED: usize = 20;

/// A private Redis server, on its own port and with its own data directory.
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
    /// With another program, for a test that needs a newer server than the others.
    #[must_use]
    pub fn program(self, program: impl Into<OsString>) -> Self {
        Self { program: program.into(), ..self }
    }

    /// With these additional options.
    #[must_use]
    pub fn options(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    /// Under this shim, which controls its clock and fsyncs.
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

    /// A server of this program, for a test that needs a newer one than the others.
    pub async fn of(program: impl Into<OsString>, options: &[&str]) -> Self {
        Self::start_as(Launch::default().program(program).options(options)).await
    }

    /// Starts a server this way.
    pub async fn start_as(mut launch: Launch) -> Self {
        let mut data = TempDir::new().expect("a directory for Redis");
        let mut log = String::new();
        // Another test may take the port before Redis does; then try another one.
        for _ in 0..PORTS_TRIED {
            let port = free_port();
            let server = launch.start(&data, port);
            let mut redis = Self { data, port, launch, server };
            if redis.has_started().await {
                return redis;
            }
            log = redis.server.log();
            (data, launch) = (redis.data, redis.launch);
        }
        panic!("Redis does not start: is redis-server 7.0 or newer installed?\n{log}");
    }

    async fn has_started(&mut self) -> bool {
        eventually("Redis answers", async || {
            if self.server.has_ended() {
                return Some(false);
            }
            let mut connection = self.try_connect().await?;
            // Another test's server may have the port.
            let info: String = redis::cmd("INFO").query_async(&mut connection).await.ok()?;
            let is_this_one =
                self.server.pid().is_some_and(|pid| info.contains(&format!("process_id:{pid}\r")));
            (is_this_one && info.contains("\nloading:0\r")).then_some(true)
        })
        .await
    }

    /// Its address for the services.
    #[must_use]
    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The server's process.
    #[must_use]
    pub fn server(&self) -> &Service {
        &self.server
    }

    /// Pauses it for this long. It executes afterwards what it receives meanwhile.
    pub async fn hang(&self, span: Duration) {
        self.server.signal(Signal::STOP);
        tokio::time::sleep(span).await;
        self.server.signal(Signal::CONT);
    }

    /// Kills it and waits for its end.
    pub async fn kill(&mut self) {
        self.server.kill().await;
    }

    /// Starts it again, on the same port and with the same data directory.
    pub async fn start(&mut self) {
        self.server = self.launch.start(&self.data, self.port);
        assert!(self.has_started().await, "Redis starts again\n{}", self.server.log());
    }

    /// A new connection.
    pub async fn connect(&self) -> MultiplexedConnection {
        eventually("Redis accepts a connection", async || self.try_connect().await).await
    }

    async fn try_connect(&self) -> Option<MultiplexedConnection> {
        let client = redis::Client::open(format!("redis://{}", self.addr())).expect("an address");
        // The default of half a second is too short for a busy machine.
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(TIMEOUT));
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
