use std::sync::Arc;

use airports::Airports;
use broker::{Acceptance, Broker};

use crate::{Config, condition::Condition, hub::Hub};

/// What all requests and tasks of the gateway share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) broker: Broker,
    pub(crate) acceptance: Acceptance,
    pub(crate) hub: Arc<Hub>,
    pub(crate) airports: Airports,
    pub(crate) condition: Condition,
}

impl App {
    pub(crate) fn new(config: Config, broker: Broker, acceptance: Acceptance) -> Self {
        Self {
            config,
            broker,
            acceptance,
            hub: Arc::default(),
            airports: Airports::embedded(),
            condition: Condition::default(),
        }
    }
}
