//! What a scenario plays on: a private Redis, and the services as it needs them.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use broker::{Broker, Durability, Retention};
use contracts::{
    EpochMillis, SearchId, SearchRequest, SupplierCode,
    entry::{Job, JobTimes},
    names,
};
use futures_util::{StreamExt, stream};
use redis::{AsyncCommands, AsyncConnectionConfig, FromRedisValue, aio::MultiplexedConnection};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{args::Args, client::Client, process::Process};

/// What is asked for, again and again.
pub(crate) const SEARCH: &str = r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":2}"#;
/// How long anything may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long the searches here may take: none is to end by its deadline.
const DEADLINE: Duration = Duration::from_hours(1);
/// How many requests to Redis are under way at once where their number is not what is measured.
const AT_ONCE: usize = 256;

/// A private Redis, with room for files beside it.
pub(crate) struct Stage {
    directory: TempDir,
    programs: PathBuf,
    port: u16,
    accept: Durability,
    pub(crate) redis: Process,
    pub(crate) connection: MultiplexedConnection,
    pub(crate) broker: Broker,
}

/// Which gateway is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Product,
    Floor,
}

/// A gateway that takes requests.
pub(crate) struct Gateway {
    pub(crate) process: Process,
    pub(crate) addr: SocketAddr,
}

impl Stage {
    /// Starts a Redis of its own with nothing in it.
    pub(crate) async fn build(programs: &Path, args: &Args) -> Self {
        let directory = TempDir::new().expect("a directory for temporary files");
        let port = free_port();
        let path = directory.path();
        let (port_text, path_text) = (port.to_string(), path.to_string_lossy());
        let append = if args.durable { "yes" } else { "no" };
        #[rustfmt::skip]
        let arguments = [
            "--bind", "127.0.0.1", "--port", &port_text, "--dir", &path_text, "--save", "",
            "--appendonly", append, "--appendfsync", &args.appendfsync, "--maxmemory-policy", "noeviction",
        ];
        // As the tests do: another server's path.
        let server = std::env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
        let mut redis = Process::start(Path::new(&server), &arguments, &[], &path.join("redis.log"));
        let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).expect("an address");
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = loop {
            assert!(!redis.has_ended(), "Redis has ended: is redis-server 7.0 or newer installed?");
            match client.get_multiplexed_async_connection_with_config(&config).await {
                Ok(connection) => break connection,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        };
        let addr = format!("127.0.0.1:{port}").parse().expect("an address");
        let retention = Retention { record: DEADLINE, result_log: DEADLINE };
        let broker = Broker::new(&addr, retention, DEADLINE).expect("a broker");
        Self {
            directory,
            programs: programs.to_owned(),
            port,
            accept: args.accept,
            redis,
            connection,
            broker,
        }
    }

    /// Starts a gateway and waits until it is ready.
    pub(crate) async fn gateway(&self, kind: Kind) -> Gateway {
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let name = if kind == Kind::Product { "main-service" } else { "floor" };
        let own = [
            ("APP_PORT", addr.port().to_string()),
            ("MAX_BACKLOG", "0".into()),
            ("ACCEPT_DURABILITY", self.accept.to_string()),
        ];
        let mut process = self.start(name, &own);
        until("the gateway is ready", async || {
            assert!(!process.has_ended(), "{name} has ended: {}", self.log(name));
            match kind {
                Kind::Product => Client::is_ready(addr).await,
                Kind::Floor => tokio::net::TcpStream::connect(addr).await.is_ok(),
            }
        })
        .await;
        Gateway { process, addr }
    }

    /// Starts a worker whose suppliers take `latency_ms` and never fail, and waits until it reads.
    pub(crate) async fn worker(&self, concurrency: usize, latency_ms: u64) -> Process {
        let latency = ("SIMULATED_LATENCY_MS", latency_ms.to_string());
        self.worker_with(concurrency, &[latency, ("SIMULATED_FAILURE_RATE", "0".into())]).await
    }

    /// Starts a worker with a suppliers file that says this.
    pub(crate) async fn worker_that_asks(&self, concurrency: usize, suppliers: &str) -> Process {
        let file = self.directory.path().join("suppliers.toml");
        std::fs::write(&file, suppliers).expect("a file can be written");
        self.worker_with(concurrency, &[("SUPPLIERS_FILE", file.to_string_lossy().into_owned())]).await
    }

    async fn worker_with(&self, concurrency: usize, settings: &[(&str, String)]) -> Process {
        let consumers = self.consumers().await;
        let mut settings = settings.to_vec();
        settings.push(("MAX_CONCURRENCY", concurrency.to_string()));
        let mut worker = self.start("provider-service", &settings);
        until("the worker reads", async || {
            assert!(!worker.has_ended(), "the worker has ended: {}", self.log("provider-service"));
            self.consumers().await > consumers
        })
        .await;
        worker
    }

    fn start(&self, name: &str, own: &[(&str, String)]) -> Process {
        let mut settings = vec![
            ("REDIS_ADDR", format!("127.0.0.1:{}", self.port)),
            ("SEARCH_DEADLINE_MS", DEADLINE.as_millis().to_string()),
        ];
        // All its streams come from one address.
        settings.push(("MAX_CONNECTIONS_PER_CLIENT", "0".into()));
        settings.extend_from_slice(own);
        Process::start(&self.programs.join(name), &[], &settings, &self.directory.path().join(name))
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.directory.path().join(name)).unwrap_or_default()
    }

    /// Submits searches as a gateway does, that ask these suppliers.
    pub(crate) async fn submit(&self, count: usize, suppliers: &[SupplierCode]) -> Vec<SearchId> {
        let submits = stream::iter(0..count).map(|_| async {
            let job = job(suppliers);
            self.broker.submit(&job).await.expect("Redis takes a search");
            job.search_id
        });
        submits.buffer_unordered(AT_ONCE).collect().await
    }

    /// Waits until so many jobs are left in the queue, in hand or not.
    pub(crate) async fn until_jobs_are(&self, count: usize) {
        until("all jobs are done", async || {
            self.ask::<usize>("XLEN", &[names::REQUESTED_STREAM]).await == count
        })
        .await;
    }

    /// Waits until the workers have so many jobs in hand.
    pub(crate) async fn until_in_hand(&self, count: u64) {
        until("all jobs are in hand", async || {
            self.broker.backlog().await.is_ok_and(|backlog| backlog.in_progress == count)
        })
        .await;
    }

    async fn consumers(&self) -> usize {
        let mut connection = self.connection.clone();
        let groups =
            connection.xinfo_groups::<_, redis::streams::StreamInfoGroupsReply>(names::REQUESTED_STREAM);
        let groups = groups.await.map(|reply| reply.groups).unwrap_or_default();
        groups.first().map_or(0, |group| group.consumers)
    }

    /// Forgets everything, and gives the memory back.
    pub(crate) async fn clear(&self) {
        self.ask::<String>("FLUSHALL", &["SYNC"]).await;
    }

    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &str, arguments: &[&str]) -> T {
        let mut command = redis::cmd(command);
        command.arg(arguments);
        command.query_async(&mut self.connection.clone()).await.expect("Redis answers")
    }
}

/// A search that was accepted just now.
pub(crate) fn job(suppliers: &[SupplierCode]) -> Job {
    let mut request = SearchRequest::from_json(SEARCH.as_bytes()).expect("a search");
    request.suppliers = suppliers.iter().cloned().collect();
    let created = EpochMillis::now();
    Job::new(SearchId::random(), request, JobTimes { created, deadline: created + DEADLINE })
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
