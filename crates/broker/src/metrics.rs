//! What is measured of Redis, the queue and the searches.

mod operation;
mod queue;
mod redis;
mod searches;

use prometheus_client::registry::Registry;

pub(crate) use operation::Operation;
pub(crate) use queue::StreamEnd;
pub(crate) use redis::Connection;
pub(crate) use searches::reason;

/// The metrics of a [`Broker`](crate::Broker).
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) redis: redis::Metrics,
    pub(crate) queue: queue::Metrics,
    pub(crate) searches: searches::Metrics,
}

impl crate::Broker {
    /// Adds the metrics of [`observe_streams`](Self::observe_streams) to a registry. For gateways.
    pub fn register_stream_metrics(&self, registry: &mut Registry) {
        self.metrics.queue.register(registry);
    }

    /// Adds the metrics of Redis and of searches to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.redis.register(registry);
        self.metrics.searches.register(registry);
    }
}
