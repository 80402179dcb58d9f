use std::sync::Arc;

use airports::Airports;
use broker::{Acceptance, Broker};

use crate::{Config, clients::Clients, condition::Condition, hub::Hub, loads::Loads, refusals::Refusals};

/// What all requests and tasks of the gateway share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) broker: Broker,
    pub(crate) acceptance: Acceptance,
    pub(crate) hub: Arc<Hub>,
    pub(crate) loads: Loads,
    pub(crate) airports: Airports,
    pub(crate) condition: Condition,
    pub(crate) clients: Arc<Clients>,
    pub(crate) refusals: Arc<Refusals>,
}

impl App {
    pub(crate) fn new(config: Config, broker: Broker, acceptance: Acceptance, clients: Arc<Clients>) -> Self {
        let condition = Condition::new(config.common.redis.redis_timeout_ms);
        Self {
            config,
            broker,
            acceptance,
            hub: Arc::default(),
            loads: Loads::default(),
            airports: Airports::embedded(),
            condition,
            clients,
            refusals: Arc::default(),
        }
    }
}
