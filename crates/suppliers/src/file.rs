//! Reads the suppliers file. `docs/suppliers.md` describes its format.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`settings`] | the keys that every kind of supplier has |
//! | [`selling`] | what a supplier sells |
//! | [`entry`] | one `[[supplier]]` |
//! | [`bounds`] | numbers with a range |
//! | [`secrets`] | `${NAME}` |
//! | [`error`] | why a file is rejected |

pub(crate) mod bounds;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod secrets;
pub(crate) mod selling;
pub(crate) mod settings;

use std::collections::HashSet;

use serde::Deserialize;
use toml::Table;

use entry::SupplierEntry;
use error::RegistryError;

/// The file's top level.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    defaults: Table,
    #[serde(default)]
    supplier: Vec<Table>,
}

/// Parses a suppliers file into its suppliers, with `[defaults]` applied to each.
pub(crate) fn parse(text: &str) -> Result<Vec<SupplierEntry>, RegistryError> {
    let file: File = toml::from_str(text)?;
    if file.supplier.is_empty() {
        return Err(RegistryError::InvalidFile("it has no [[supplier]]".into()));
    }
    if let Some(key) = file.defaults.keys().find(|key| !settings::is_common_key(key)) {
        return Err(RegistryError::InvalidFile(format!("[defaults] can't set `{key}`")));
    }
    let tables = file.supplier.into_iter().enumerate();
    let entries = tables.map(|(index, table)| SupplierEntry::parse(index, table, &file.defaults));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let mut codes = HashSet::new();
    match entries.iter().find(|entry| !codes.insert(&entry.common.code)) {
        Some(duplicate) => Err(duplicate.error(&"another supplier has the same `code`")),
        None => Ok(entries),
    }
}
