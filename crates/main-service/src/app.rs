use std::sync::Arc;

use airports::Airports;
use broker::{Acceptance, Broker};
use operators::Problem;
use prometheus_client::registry::Registry;
use sse_server::{ClientLimit, OpenConnections};
use traces::Tracer;

use crate::{
    backlog::Backlog,
    config::Config,
    health::Health,
    hub::Hub,
    known_suppliers::KnownSuppliers,
    loads::Loads,
    metrics::{Metrics, Open},
    refusals::Refusals,
};

/// What all requests and tasks of the gateway share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) broker: Broker,
    pub(crate) tracer: Tracer,
    pub(crate) acceptance: Acceptance,
    pub(crate) hub: Arc<Hub>,
    pub(crate) loads: Loads,
    pub(crate) airports: Airports,
    pub(crate) backlog: Backlog,
    pub(crate) health: Health,
    pub(crate) suppliers: KnownSuppliers,
    pub(crate) clients: Arc<ClientLimit>,
    pub(crate) metrics: Metrics,
    pub(crate) refusals: Arc<Refusals>,
}

impl App {
    pub(crate) fn new(
        config: Config,
        broker: Broker,
        acceptance: Acceptance,
        clients: Arc<ClientLimit>,
        tracer: Tracer,
    ) -> Self {
        let health = Health::new(config.common.redis.redis_timeout_ms);
        Self {
            config,
            broker,
            tracer,
            acceptance,
            hub: Arc::default(),
            loads: Loads::default(),
            airports: Airports::embedded(),
            backlog: Backlog::default(),
            health,
            suppliers: KnownSuppliers::default(),
            clients,
            metrics: Metrics::default(),
            refusals: Arc::default(),
        }
    }

    /// All metrics of this gateway, whose server has these connections and refuses with these codes.
    pub(crate) fn registry(
        &self,
        connections: OpenConnections,
        refusal_codes: impl IntoIterator<Item = &'static str>,
    ) -> Registry {
        let mut registry = service::metrics_registry();
        self.broker.register_metrics(&mut registry);
        self.broker.register_queue_and_log_metrics(&mut registry);
        self.metrics.register(&mut registry);
        registry.register_collector(Box::new(Open::new(Arc::clone(&self.hub), connections)));
        self.refusals.register(&mut registry, refusal_codes);
        registry
    }

    /// Why the gateway is not ready; `None` if it is.
    pub(crate) fn not_ready(&self) -> Option<String> {
        self.health.problem().or_else(|| self.acceptance.unavailable_reason().map(str::to_owned))
    }

    /// Why the gateway is not ready, for operators.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        self.not_ready().into_iter().map(|message| Problem { code: "not_ready", message }).collect()
    }
}
