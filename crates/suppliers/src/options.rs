//! What is configured outside the suppliers file.

mod latency_range;

pub use latency_range::{InvalidLatencyRange, LatencyRange};

/// What is configured outside the suppliers file.
#[derive(Clone, Copy)]
pub struct RegistryOptions<'a> {
    /// Replaces the latency of every simulated supplier.
    pub simulated_latency: Option<LatencyRange>,
    /// Replaces the failure rate of every simulated supplier: the share of calls that fail, 0 to 1.
    pub simulated_failure_rate: Option<f64>,
    /// Whether the embedded suppliers have resellers of the carriers' flights.
    pub resellers: bool,
    /// How many of a supplier's offers are kept per search, cheapest first. Up to twice as many may be returned.
    pub max_offers: usize,
    /// Looks up the secret that `${NAME}` in the file refers to.
    pub secrets: &'a dyn Fn(&str) -> Option<String>,
}

impl Default for RegistryOptions<'_> {
    /// Simulated suppliers as in the file, no resellers, 200 offers, no secrets.
    fn default() -> Self {
        Self {
            simulated_latency: None,
            simulated_failure_rate: None,
            resellers: false,
            max_offers: 200,
            secrets: &|_| None,
        }
    }
}
