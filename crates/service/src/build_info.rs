use prometheus_client::{metrics::info::Info, registry::Registry};

/// A registry for the metrics of a service, with what is known of its build. `BUILD_COMMIT` and `BUILD_RUSTC` are
/// environment variables of the build: without them it costs nothing to find out, and nothing is known.
#[must_use]
pub fn metrics_registry() -> Registry {
    let mut registry = Registry::with_prefix("flight_search");
    let info = Info::new([
        ("version", env!("CARGO_PKG_VERSION")),
        ("rustc", option_env!("BUILD_RUSTC").unwrap_or("unknown")),
        ("commit", option_env!("BUILD_COMMIT").unwrap_or("unknown")),
    ]);
    registry.register("build", "What this service was built of", info);
    registry
}
