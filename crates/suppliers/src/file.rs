//! The suppliers file: which suppliers there are and how each may be asked.

mod bounds;
mod common;
pub(crate) mod secrets;

use contracts::offer::is_name;
use serde::{Deserialize, de::DeserializeOwned};
use toml::{Table, Value};

use super::LatencyRange;
pub(super) use bounds::ByteLimit;
use common::KEYS;
pub(super) use common::{Common, Kind};

/// What is decided outside the suppliers file.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What simulated suppliers take instead of their own latency.
    pub simulated_latency: Option<LatencyRange>,
    /// The share of simulated calls that fail, 0 to 1, instead of the suppliers' own.
    pub simulated_failure_rate: Option<f64>,
    /// Of what a supplier offers for a search, about so many of the cheapest are kept.
    pub max_offers: usize,
    /// Looks up what stands for `${NAME}` in the file.
    pub secrets: &'a dyn Fn(&str) -> Option<String>,
}

impl Default for Options<'_> {
    /// The file alone decides, 200 offers are kept, and there are no secrets.
    fn default() -> Self {
        Self { simulated_latency: None, simulated_failure_rate: None, max_offers: 200, secrets: &|_| None }
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
    if let Some(key) = file.defaults.keys().find(|key| !KEYS.contains(&key.as_str())) {
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
        table.into_iter().partition(|(key, _)| KEYS.contains(&key.as_str()));
    let common = Value::Table(common).try_into().map_err(|error: toml::de::Error| {
        RegistryError::Supplier { supplier: name, problem: error.to_string().trim_end().to_owned() }
    })?;
    let entry = Entry { common, settings };
    match entry.common.rate_limit {
        _ if entry.common.name.is_empty() || !is_name(&entry.common.name) => {
            Err(entry.problem(&"`name` is not 1 to 128 printable bytes"))
        }
        Some(rate) if rate.burst > rate.calls => {
            Err(entry.problem(&"`rate_limit.burst` is above its `calls`"))
        }
        _ => Ok(entry),
    }
}
