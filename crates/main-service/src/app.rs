use std::sync::Arc;

use airports::Airports;
use broker::{Acceptance, Broker};

use sse_server::ClientLimit;

use crate::{
    Config, backlog::Backlog, health::Health, hub::Hub, known_suppliers::KnownSuppliers, loads::Loads,
    refusals::Refusals,
};

/// What all requests and tasks of the gateway share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) broker: Broker,
    pub(crate) acceptance: Acceptance,
    pub(crate) hub: Arc<Hub>,
    pub(crate) loads: Loads,
    pub(crate) airports: Airports,
    pub(crate) backlog: Backlog,
    pub(crate) health: Health,
    pub(crate) suppliers: KnownSuppliers,
    pub(crate) clients: Arc<ClientLimit>,
    pub(crate) refusals: Arc<Refusals>,
}

impl App {
    pub(crate) fn new(
        config: Config,
        broker: Broker,
        acceptance: Acceptance,
        clients: Arc<ClientLimit>,
    ) -> Self {
        let health = Health::new(config.common.redis.redis_timeout_ms);
        Self {
            config,
            broker,
            acceptance,
            hub: Arc::default(),
            loads: Loads::default(),
            airports: Airports::embedded(),
            backlog: Backlog::default(),
            health,
            suppliers: KnownSuppliers::default(),
            clients,
            refusals: Arc::default(),
        }
    }
}
