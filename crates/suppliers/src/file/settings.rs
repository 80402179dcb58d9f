//! The settings that every kind of supplier has.

use std::{num::NonZeroU32, time::Duration};

use contracts::{Cabin, SupplierCode, search::Trip};
use serde::Deserialize;

use super::{
    bounds::Millis,
    selling::{PassengerType, Served},
};

/// The keys of [`CommonSettings`]. All other keys belong to the supplier's kind.
const COMMON_KEYS: [&str; 15] = [
    "code",
    "name",
    "kind",
    "timeout_ms",
    "retries",
    "backoff_ms",
    "concurrency",
    "max_wait_ms",
    "rate_limit",
    "breaker",
    "propagate_trace",
    "trips",
    "cabins",
    "passenger_types",
    "serves",
];

/// Whether every kind of supplier has this key.
pub(super) fn is_common_key(key: &str) -> bool {
    COMMON_KEYS.contains(&key)
}

/// The settings that every kind of supplier has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommonSettings {
    pub(crate) code: SupplierCode,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The time limit for one call, from sending the request. Queueing does not count.
    #[serde(rename = "timeout_ms", default = "default_timeout")]
    pub(crate) timeout: Millis,
    /// How often a failed call is retried.
    #[serde(default = "default_retries")]
    pub(crate) retries: usize,
    /// The delay before the first retry. Each further retry waits twice as long.
    #[serde(rename = "backoff_ms", default = "default_backoff")]
    pub(crate) backoff: Millis,
    /// The most concurrent calls; 0 for any number.
    #[serde(default = "default_concurrency")]
    pub(crate) concurrency: usize,
    /// How long a call may queue. Without it, until the search's deadline.
    #[serde(rename = "max_wait_ms")]
    pub(crate) max_wait: Option<Millis>,
    pub(crate) rate_limit: Option<RateLimitSettings>,
    #[serde(default)]
    pub(crate) breaker: CircuitBreakerSettings,
    /// Whether requests have the search's trace in their headers.
    #[serde(default)]
    pub(crate) propagate_trace: bool,
    /// The trips it sells; by default, those of its kind, as for the next two.
    pub(crate) trips: Option<Vec<Trip>>,
    /// The cabins it sells.
    pub(crate) cabins: Option<Vec<Cabin>>,
    /// Whom it sells to.
    pub(crate) passenger_types: Option<Vec<PassengerType>>,
    /// Where it flies; anywhere, if empty.
    #[serde(default)]
    pub(crate) serves: Vec<Served>,
}

/// The kind of a supplier: what implements it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Simulated,
    Reseller,
    Http,
    Duffel,
}

/// At most `calls` start in any period of `per_ms`, of which `burst` may start together.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimitSettings {
    pub(crate) calls: NonZeroU32,
    #[serde(rename = "per_ms")]
    pub(crate) per: Millis,
    #[serde(default = "default_burst")]
    pub(crate) burst: NonZeroU32,
}

/// After this many consecutive `failures`, no call is made for `open_ms`. 0 failures: never.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CircuitBreakerSettings {
    pub(crate) failures: u32,
    #[serde(rename = "open_ms")]
    pub(crate) open: Millis,
}

impl Default for CircuitBreakerSettings {
    fn default() -> Self {
        Self { failures: 5, open: Millis(Duration::from_secs(30)) }
    }
}

fn default_timeout() -> Millis {
    Millis(Duration::from_secs(10))
}

fn default_retries() -> usize {
    2
}

fn default_backoff() -> Millis {
    Millis(Duration::from_millis(200))
}

fn default_concurrency() -> usize {
    64
}

fn default_burst() -> NonZeroU32 {
    NonZeroU32::MIN
}

impl CommonSettings {
    /// The settings of a supplier that is not configured: no retries and no limits, because no call is made.
    pub(crate) fn for_unknown(code: SupplierCode) -> Self {
        Self {
            name: code.to_string(),
            code,
            kind: Kind::Simulated,
            timeout: default_timeout(),
            retries: 0,
            backoff: default_backoff(),
            concurrency: 0,
            max_wait: None,
            rate_limit: None,
            breaker: CircuitBreakerSettings::default(),
            propagate_trace: false,
            trips: None,
            cabins: None,
            passenger_types: None,
            serves: Vec::new(),
        }
    }
}
