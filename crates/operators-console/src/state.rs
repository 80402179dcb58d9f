use std::time::Duration;

use broker::Broker;
use service::{Alert, Lifecycle, LogFilter};

/// What the routes need of the service.
pub struct Console {
    /// Redis.
    pub broker: Broker,
    /// Which service this is: `gateway` or `worker`.
    pub service: &'static str,
    /// What keeps the service from its work.
    pub problems: Box<dyn Fn() -> Vec<operators::Problem> + Send + Sync>,
    /// What should be looked at besides.
    pub warnings: Box<dyn Fn() -> Vec<Alert> + Send + Sync>,
    /// The filter of the service's log.
    pub log: LogFilter,
    /// How much time a replayed search has if its job does not say.
    pub search_time: Duration,
    /// Runs replays and drops to their end.
    pub lifecycle: Lifecycle,
}
