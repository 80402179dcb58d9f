//! The suppliers file: which suppliers there are and how each may be asked.

use std::{num::NonZeroU32, time::Duration};

use contracts::SupplierCode;
use serde::{Deserialize, de::DeserializeOwned};
use toml::{Table, Value};

use super::LatencyRange;

/// What is decided outside the suppliers file.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What simulated suppliers take instead of their own latency.
    pub simulated_latency: Option<LatencyRange>,
    /// The share of simulated calls that fail, 0 to 1, instead of the suppliers' own.
    pub simulated_failure_rate: Option<f64>,
    /// Looks up what stands for `${NAME}` in the file.
    pub secrets: &'a dyn Fn(&str) -> Option<String>,
}

impl Default for Options<'_> {
    /// The file alone decides, and there are no secrets.
    fn default() -> Self {
        Self { simulated_latency: None, simulated_failure_rate: None, secrets: &|_| None }
    }
}

/// Why a suppliers file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// It is no TOML.
    #[error("the suppliers file is no TOML: {0}")]
    Toml(#[from] toml::de::Error),
    /// It is TOML, but nothing that belongs here.
    #[error("the suppliers file: {0}")]
    Shape(String),
    /// There can be no HTTP client.
    #[error("no HTTP client: {0}")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// One supplier is not as it should be.
    #[error("supplier {supplier}: {problem}")]
    Supplier {
        /// Its code, or where it stands if it has none.
        supplier: String,
        /// What is wrong, naming the field.
        problem: String,
    },
}

/// How long an answer may be, in bytes: from one to 256 MiB, `DEFAULT` unless the file says otherwise.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct ByteLimit<const DEFAULT: usize>(pub(crate) usize);

impl<const DEFAULT: usize> Default for ByteLimit<DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: usize> TryFrom<i64> for ByteLimit<DEFAULT> {
    type Error = &'static str;

    fn try_from(bytes: i64) -> Result<Self, Self::Error> {
        match usize::try_from(bytes) {
            Ok(bytes @ 1..=268_435_456) => Ok(Self(bytes)),
            _ => Err("must be from 1 to 268435456 bytes"),
        }
    }
}

/// What every supplier has, whatever its kind.
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

/// A time in whole milliseconds, from one to a day.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Millis(pub(crate) Duration);

impl TryFrom<i64> for Millis {
    type Error = &'static str;

    fn try_from(millis: i64) -> Result<Self, Self::Error> {
        match u64::try_from(millis) {
            Ok(millis @ 1..=86_400_000) => Ok(Self(Duration::from_millis(millis))),
            _ => Err("must be from 1 to 86400000 milliseconds"),
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

/// The keys of [`Common`]: the others are the kind's.
const COMMON: [&str; 10] = [
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

/// One supplier of the file, its own keys and those of its kind apart.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) common: Common,
    settings: Table,
}

impl Entry {
    /// The keys that belong to the supplier's kind.
    pub(crate) fn settings<T: DeserializeOwned>(&self) -> Result<T, RegistryError> {
        let settings = Value::Table(self.settings.clone());
        settings.try_into().map_err(|error| self.problem(&error))
    }

    /// An error that names this supplier and one of its fields.
    pub(crate) fn field(&self, field: &str, problem: &(impl ToString + ?Sized)) -> RegistryError {
        self.problem(&format!("`{field}`: {}", problem.to_string()))
    }

    /// An error that names this supplier.
    pub(crate) fn problem(&self, problem: &impl ToString) -> RegistryError {
        RegistryError::Supplier {
            supplier: self.common.code.to_string(),
            problem: problem.to_string().trim_end().to_owned(),
        }
    }
}

/// The file as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    defaults: Table,
    #[serde(default)]
    supplier: Vec<Table>,
}

/// Reads a suppliers file: each `[[supplier]]`, with what `[defaults]` says where it says nothing itself.
pub(crate) fn parse(text: &str) -> Result<Vec<Entry>, RegistryError> {
    let file: File = toml::from_str(text)?;
    if file.supplier.is_empty() {
        return Err(RegistryError::Shape("it names no [[supplier]]".into()));
    }
    if let Some(key) = file.defaults.keys().find(|key| !COMMON.contains(&key.as_str())) {
        return Err(RegistryError::Shape(format!("[defaults] has no key `{key}`")));
    }
    let entries = file.supplier.into_iter().enumerate();
    entries.map(|(at, table)| entry(at, table, &file.defaults)).collect()
}

fn entry(at: usize, mut table: Table, defaults: &Table) -> Result<Entry, RegistryError> {
    let name =
        table.get("code").and_then(Value::as_str).map_or_else(|| format!("#{}", at + 1), str::to_owned);
    for (key, value) in defaults {
        table.entry(key.clone()).or_insert_with(|| value.clone());
    }
    let (common, settings): (Table, Table) =
        table.into_iter().partition(|(key, _)| COMMON.contains(&key.as_str()));
    let common = Value::Table(common).try_into().map_err(|error: toml::de::Error| {
        RegistryError::Supplier { supplier: name, problem: error.to_string().trim_end().to_owned() }
    })?;
    let entry = Entry { common, settings };
    match entry.common.rate_limit {
        Some(rate) if rate.burst > rate.calls => {
            Err(entry.problem(&"`rate_limit.burst` is above its `calls`"))
        }
        _ => Ok(entry),
    }
}
