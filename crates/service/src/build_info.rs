use prometheus_client::{metrics::info::Info, registry::Registry};

/// The version of both services.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A registry for the metrics of a service, with its version.
#[must_use]
pub fn metrics_registry() -> Registry {
    let mut registry = Registry::with_prefix("flight_search");
    let info = Info::new([("version", VERSION)]);
    registry.register("build", "What this service was built of", info);
    registry
}
