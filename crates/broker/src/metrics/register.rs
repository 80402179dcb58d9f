use prometheus_client::registry::Registry;

use crate::Broker;

impl Broker {
    /// Adds the metrics of [`measure_queue_and_log`](Self::measure_queue_and_log) to a registry. For gateways.
    pub fn register_queue_and_log_metrics(&self, registry: &mut Registry) {
        self.metrics.queue.register(registry);
    }

    /// Adds the metrics of Redis and of searches to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.redis.register(registry);
        self.metrics.searches.register(registry);
    }
}
