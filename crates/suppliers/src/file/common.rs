//! What every supplier has, whatever its kind.

use std::{num::NonZeroU32, time::Duration};

use contracts::SupplierCode;
use serde::Deserialize;

use super::bounds::Millis;

/// The keys of [`Common`]: the others are the kind's.
pub(super) const KEYS: [&str; 10] = [
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
];

/// What every supplier has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Common {
    pub(crate) code: SupplierCode,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// How long one call may take, from when it is made.
    #[serde(rename = "timeout_ms", default = "default_timeout")]
    pub(crate) timeout: Millis,
    /// How often a call that failed is repeated.
    #[serde(default = "default_retries")]
    pub(crate) retries: usize,
    /// How long to wait before the first repetition; twice as long before each further one.
    #[serde(rename = "backoff_ms", default = "default_backoff")]
    pub(crate) backoff: Millis,
    /// How many calls there may be at once; 0: any number.
    #[serde(default = "default_concurrency")]
    pub(crate) concurrency: usize,
    /// How long a search may wait for its turn; without it, until the search's deadline.
    #[serde(rename = "max_wait_ms")]
    pub(crate) max_wait: Option<Millis>,
    pub(crate) rate_limit: Option<RateLimit>,
    #[serde(default)]
    pub(crate) breaker: Breaker,
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

/// At most `calls` in any `per_ms`, of which `burst` may begin at once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) calls: NonZeroU32,
    #[serde(rename = "per_ms")]
    pub(crate) per: Millis,
    #[serde(default = "default_burst")]
    pub(crate) burst: NonZeroU32,
}

fn default_burst() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// So many `failures` in a row keep calls away for `open_ms`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Breaker {
    pub(crate) failures: u32,
    #[serde(rename = "open_ms")]
    pub(crate) open: Millis,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { failures: 5, open: Millis(Duration::from_secs(30)) }
    }
}

impl Common {
    /// What a supplier would have that doesn't exist: no limits, as there is nobody to protect.
    pub(crate) fn of_nobody(code: SupplierCode) -> Self {
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
            breaker: Breaker::default(),
        }
    }
}

/// What a supplier is asked through.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Simulated,
    Http,
    Duffel,
}
