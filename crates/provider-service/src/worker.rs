//! Takes jobs from the queue and processes them concurrently.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`consume`] | the main loop: takes permits, reads as many jobs, starts a task for each |
//! | [`process`] | processes one job, and decides what happens to it in the queue |
//! | [`collect`] | asks a search's suppliers and stores their answers |
//! | [`retry`] | retries while Redis is away |
//! | [`in_progress`] | the jobs in progress, and how to stop them |
//! | [`declined`] | the jobs that need a newer worker |
//! | [`take_over`] | takes over the jobs of dead workers |
//! | [`renew`] | renews the leases of jobs in progress |
//! | [`upkeep`] | trims the result log, removes dead consumers, publishes the suppliers |
//! | [`overdue`] | ends searches past their deadline |
//! | [`cancellations`] | stops jobs of cancelled searches |

mod cancellations;
mod collect;
mod consume;
mod declined;
mod in_progress;
mod overdue;
mod process;
mod renew;
mod retry;
mod take_over;
mod upkeep;

use std::sync::Arc;

use broker::{
    Broker,
    jobs::{Consumer, Leases},
};
use service::Lifecycle;
use suppliers::Registry;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Config, health::Health, metrics::Metrics};
use declined::DeclinedJobs;
pub(crate) use in_progress::JobsInProgress;

/// Shared by all tasks of a worker.
pub(crate) struct Context {
    config: Config,
    pub(crate) broker: Broker,
    pub(crate) health: Health,
    metrics: Metrics,
    leases: Leases,
    suppliers: Registry,
    in_progress: JobsInProgress,
    declined: DeclinedJobs,
    /// One for each job that may be in progress.
    permits: Arc<Semaphore>,
    /// The tasks of the jobs in progress. Not part of the lifecycle: leases are renewed until the last job has ended.
    jobs: TaskTracker,
    /// Cancelled when the last job has ended during shutdown.
    idle: CancellationToken,
}

impl Context {
    pub(crate) fn new(config: Config, broker: Broker, suppliers: Registry, health: Health) -> Self {
        Self {
            leases: Leases::new(broker.clone(), consumer_name()),
            permits: Arc::new(Semaphore::new(config.max_concurrency as usize)),
            config,
            health,
            metrics: Metrics::default(),
            broker,
            suppliers,
            in_progress: JobsInProgress::default(),
            declined: DeclinedJobs::default(),
            jobs: TaskTracker::new(),
            idle: CancellationToken::new(),
        }
    }

    /// All metrics of this worker.
    pub(crate) fn metrics(&self) -> prometheus_client::registry::Registry {
        let mut registry = service::metrics_registry();
        self.broker.register_metrics(&mut registry);
        self.suppliers.register_metrics(&mut registry);
        self.metrics.register(&mut registry, self.in_progress.clone(), self.config.max_concurrency);
        registry
    }
}

/// Starts the worker's tasks.
pub(crate) fn start(context: &Arc<Context>, lifecycle: &Lifecycle) {
    let consumer = Consumer::new(&context.leases);
    tracing::info!(consumer = context.leases.name(), redis = %context.config.common.redis.redis_addr,
        suppliers = context.suppliers.listing().len(), "worker starts");
    let stop = lifecycle.stop_token();
    lifecycle.spawn_permanent("consumer", consume::run(Arc::clone(context), consumer, stop.clone()));
    lifecycle.spawn_permanent("leases", renew::run(Arc::clone(context)));
    lifecycle.spawn_permanent("upkeep", upkeep::run(Arc::clone(context)));
    lifecycle.spawn_permanent("overdue searches", overdue::run(Arc::clone(context), stop.clone()));
    lifecycle.spawn_permanent("cancellations", cancellations::run(Arc::clone(context), stop.clone()));
}

/// A unique name that says where the worker runs: host, process id and a random number. Containers reuse the first
/// two.
fn consumer_name() -> String {
    let host = std::env::var("HOSTNAME")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .unwrap_or_else(|_| "worker".into());
    format!("{}-{}-{:08x}", host.trim(), std::process::id(), rand::random::<u32>())
}
