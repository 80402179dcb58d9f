use std::sync::Arc;

use airports::Airports;
use broker::Broker;

use crate::{Config, clients::Clients, condition::Condition, hub::Hub, refusals::Refusals};

/// What all requests and tasks of the gateway share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) broker: Broker,
    pub(crate) hub: Arc<Hub>,
    pub(crate) airports: Airports,
    pub(crate) condition: Condition,
    pub(crate) clients: Arc<Clients>,
    pub(crate) refusals: Arc<Refusals>,
}

impl App {
    pub(crate) fn new(config: Config, broker: Broker, clients: Arc<Clients>) -> Self {
        Self {
            config,
            broker,
            hub: Arc::default(),
            airports: Airports::embedded(),
            condition: Condition::default(),
            clients,
            refusals: Arc::default(),
        }
    }
}
