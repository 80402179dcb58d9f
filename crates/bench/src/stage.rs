//! A private Redis, and the services that a scenario starts on it.

use std::time::Duration;

use broker::{Broker, Durability, Retention};
use contracts::{
    EpochMillis, SearchId, SearchRequest, SupplierCode,
    entry::{Job, JobTimes},
    names,
};
use futures_util::{StreamExt, stream};
use redis::{AsyncCommands, FromRedisValue, aio::MultiplexedConnection};
use tempfile::NamedTempFile;
use test_kit::{Gateway, Launch, Programs, Redis, Service, within};

use crate::args::Args;

/// The search that all scenarios submit.
pub(crate) const SEARCH: &str = r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":2}"#;
/// How long to wait for anything before the benchmark fails.
const TIMEOUT: Duration = Duration::from_mins(2);
/// The searches' deadline: so long that none reaches it.
const DEADLINE: Duration = Duration::from_hours(1);
/// How many submits run concurrently when they are not what is measured.
const AT_ONCE: usize = 256;

/// A private Redis, and what is needed to start services on it.
pub(crate) struct Stage {
    programs: Programs,
    accept: Durability,
    pub(crate) redis: Redis,
    pub(crate) connection: MultiplexedConnection,
    pub(crate) broker: Broker,
    suppliers: NamedTempFile,
    /// Further settings of the services that are started.
    pub(crate) further: Vec<(&'static str, String)>,
}

/// Which gateway is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Product,
    Floor,
}

impl Stage {
    /// Starts an empty Redis. The services are those that `script/bench` has built into this program's directory.
    pub(crate) async fn build(args: &Args) -> Self {
        let append = if args.durable { "yes" } else { "no" };
        let options =
            ["--appendonly", append, "--appendfsync", &args.appendfsync, "--maxmemory-policy", "noeviction"];
        let redis = Redis::start_as(Launch::default().options(&options)).await;
        let addr = redis.addr().parse().expect("an address");
        let retention = Retention { record: DEADLINE, result_log: DEADLINE };
        Self {
            programs: Programs::in_this_directory(),
            accept: args.accept,
            connection: redis.connect().await,
            broker: Broker::new(&addr, retention, DEADLINE).expect("a broker"),
            redis,
            suppliers: NamedTempFile::new().expect("a file for suppliers"),
            further: Vec::new(),
        }
    }

    /// Starts a gateway and waits until it is ready.
    pub(crate) async fn gateway(&self, kind: Kind) -> Gateway {
        let name = if kind == Kind::Product { "main-service" } else { "floor" };
        let settings =
            self.settings(&[("MAX_BACKLOG", "0".into()), ("ACCEPT_DURABILITY", self.accept.to_string())]);
        let gateway = Gateway::start_from(&self.programs, name, &settings).await;
        if kind == Kind::Product {
            gateway.ready().await;
        }
        gateway
    }

    /// Starts a worker whose suppliers take `latency_ms` and never fail, and waits until it reads jobs.
    pub(crate) async fn worker(&self, concurrency: usize, latency_ms: u64) -> Service {
        let latency = ("SIMULATED_LATENCY_MS", latency_ms.to_string());
        self.worker_with(concurrency, &[latency, ("SIMULATED_FAILURE_RATE", "0".into())]).await
    }

    /// Starts a worker with this text as its suppliers file.
    pub(crate) async fn worker_with_suppliers(&self, concurrency: usize, suppliers: &str) -> Service {
        let file = self.suppliers.path();
        std::fs::write(file, suppliers).expect("a file can be written");
        self.worker_with(concurrency, &[("SUPPLIERS_FILE", file.to_string_lossy().into_owned())]).await
    }

    async fn worker_with(&self, concurrency: usize, settings: &[(&str, String)]) -> Service {
        // The worker compresses offers as soon as a gateway says that it reads that.
        self.broker.announce_gateway("bench", env!("CARGO_PKG_VERSION")).await.expect("Redis answers");
        let consumers = self.consumers().await;
        let mut settings = self.settings(settings);
        settings.push(("MAX_CONCURRENCY".into(), concurrency.to_string()));
        let mut worker =
            Service::spawn("provider-service", self.programs.command("provider-service", &settings));
        until("the worker reads", async || {
            assert!(!worker.has_ended(), "the worker has ended: {}", worker.log());
            self.consumers().await > consumers
        })
        .await;
        worker
    }

    /// The settings that all services share, and these.
    fn settings(&self, own: &[(&str, String)]) -> Vec<(String, String)> {
        let common = [
            ("REDIS_ADDR", self.redis.addr()),
            ("SEARCH_DEADLINE_MS", DEADLINE.as_millis().to_string()),
            // As with the defaults, records live longer than the result log, so that it announces long offers.
            ("RECORD_TTL_SECS", (DEADLINE * 4).as_secs().to_string()),
            // All streams come from one address.
            ("MAX_CONNECTIONS_PER_CLIENT", "0".into()),
        ];
        common
            .iter()
            .chain(own)
            .chain(&self.further)
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    /// Submits searches of these suppliers, like a gateway.
    pub(crate) async fn submit(&self, count: usize, suppliers: &[SupplierCode]) -> Vec<SearchId> {
        self.submit_as(SEARCH, count, suppliers).await
    }

    /// Submits searches with this body, of these suppliers.
    pub(crate) async fn submit_as(
        &self,
        body: &str,
        count: usize,
        suppliers: &[SupplierCode],
    ) -> Vec<SearchId> {
        let submits = stream::iter(0..count).map(|_| async {
            let job = job(body, suppliers);
            self.broker.submit(&job).await.expect("Redis accepts a search");
            job.search_id
        });
        submits.buffer_unordered(AT_ONCE).collect().await
    }

    /// Waits until this many jobs are left in the stream, in progress or not.
    pub(crate) async fn until_jobs_are(&self, count: usize) {
        until("all jobs are done", async || {
            self.ask::<usize>("XLEN", &[names::REQUESTED_STREAM]).await == count
        })
        .await;
    }

    /// Waits until the workers have this many jobs in progress.
    pub(crate) async fn until_in_progress(&self, count: u64) {
        until("all jobs are in progress", async || {
            self.broker.job_counts().await.is_ok_and(|jobs| jobs.in_progress == count)
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

    /// Deletes all data, and frees its memory.
    pub(crate) async fn clear(&self) {
        self.ask::<String>("FLUSHALL", &["SYNC"]).await;
    }

    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &str, arguments: &[&str]) -> T {
        let mut command = redis::cmd(command);
        command.arg(arguments);
        command.query_async(&mut self.connection.clone()).await.expect("Redis answers")
    }
}

/// The job of a search with this body that is accepted now.
pub(crate) fn job(body: &str, suppliers: &[SupplierCode]) -> Job {
    let mut request = SearchRequest::from_json(body.as_bytes(), jiff::civil::Date::MIN).expect("a search");
    request.suppliers = suppliers.iter().cloned().collect();
    let created = EpochMillis::now();
    Job::new(SearchId::random(), request, JobTimes { created, deadline: created + DEADLINE })
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    within(TIMEOUT, what, async || holds().await.then_some(())).await;
}
