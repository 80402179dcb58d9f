use std::sync::Arc;

use broker::{Broker, jobs::Leases};
use suppliers::Registry;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use traces::Tracer;

use super::{declined::DeclinedJobs, in_progress::JobsInProgress, kept::AnswerMemory};
use crate::{config::Config, health::Health, metrics::Metrics, rates::RatesFile};

/// Shared by all tasks of a worker.
pub(crate) struct Context {
    pub(super) config: Config,
    pub(crate) broker: Broker,
    pub(crate) health: Health,
    pub(super) metrics: Metrics,
    pub(super) tracer: Tracer,
    pub(super) leases: Leases,
    pub(super) suppliers: Registry,
    /// Without it, prices in other currencies are not comparable.
    pub(super) rates: Option<Arc<RatesFile>>,
    pub(super) in_progress: JobsInProgress,
    pub(super) declined: DeclinedJobs,
    pub(super) answer_memory: AnswerMemory,
    /// One for each job that may be in progress.
    pub(super) permits: Arc<Semaphore>,
    /// The tasks of the jobs in progress. Not part of the lifecycle: leases are renewed until the last job has ended.
    pub(super) jobs: TaskTracker,
    /// Cancelled once upkeep has tried to find out which encoding all gateways read.
    pub(super) encoding_checked: CancellationToken,
    /// Cancelled when the last job has ended during shutdown.
    pub(super) idle: CancellationToken,
    /// Cancelled when upkeep has ended after that, so that nothing of this worker is written any more.
    pub(super) upkeep_ended: CancellationToken,
}

impl Context {
    pub(crate) fn new(
        config: Config,
        broker: Broker,
        suppliers: Registry,
        rates: Option<Arc<RatesFile>>,
        health: Health,
        tracer: Tracer,
    ) -> Self {
        Self {
            leases: Leases::new(broker.clone(), service::instance_name("worker")),
            permits: Arc::new(Semaphore::new(config.max_concurrency as usize)),
            config,
            health,
            metrics: Metrics::default(),
            broker,
            tracer,
            suppliers,
            rates,
            in_progress: JobsInProgress::default(),
            declined: DeclinedJobs::default(),
            answer_memory: AnswerMemory::default(),
            jobs: TaskTracker::new(),
            encoding_checked: CancellationToken::new(),
            idle: CancellationToken::new(),
            upkeep_ended: CancellationToken::new(),
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
