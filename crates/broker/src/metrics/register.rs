use prometheus_client::registry::Registry;

use crate::Broker;

impl Broker {
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
