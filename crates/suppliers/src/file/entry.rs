use contracts::offer::is_name;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{
    error::RegistryError,
    selling::PassengerType,
    settings::{CommonSettings, is_common_key},
};

/// One `[[supplier]]` of the file.
#[derive(Debug)]
pub(crate) struct SupplierEntry {
    pub(crate) common: CommonSettings,
    /// The keys of the supplier's kind.
    kind_settings: Table,
}

impl SupplierEntry {
    /// Parses the supplier at `index`, with the defaults for the keys that it does not set.
    pub(super) fn parse(index: usize, mut table: Table, defaults: &Table) -> Result<Self, RegistryError> {
        let supplier = match table.get("code").and_then(Value::as_str) {
            Some(code) => code.to_owned(),
            None => format!("#{}", index + 1),
        };
        for (key, value) in defaults {
            table.entry(key.clone()).or_insert_with(|| value.clone());
        }
        let (common, kind_settings): (Table, Table) =
            table.into_iter().partition(|(key, _)| is_common_key(key));
        let common = Value::Table(common)
            .try_into()
            .map_err(|error| RegistryError::Supplier { supplier, problem: message(&error) })?;
        let entry = Self { common, kind_settings };
        entry.check()?;
        Ok(entry)
    }

    fn check(&self) -> Result<(), RegistryError> {
        let CommonSettings { name, rate_limit, .. } = &self.common;
        if name.is_empty() || !is_name(name) {
            return Err(self.error(&"`name` must be 1 to 128 printable bytes"));
        }
        let CommonSettings { trips, cabins, passenger_types, .. } = &self.common;
        if trips.as_ref().is_some_and(Vec::is_empty) || cabins.as_ref().is_some_and(Vec::is_empty) {
            return Err(self.error(&"`trips` and `cabins` must not be empty: nothing would be sold"));
        }
        if passenger_types.as_ref().is_some_and(|types| !types.contains(&PassengerType::Adult)) {
            return Err(self.error(&"`passenger_types` must have `adult`: every search has one"));
        }
        if rate_limit.is_some_and(|rate| rate.burst > rate.calls) {
            return Err(self.error(&"`rate_limit.burst` must not exceed `rate_limit.calls`"));
        }
        Ok(())
    }

    /// Parses the keys of the supplier's kind.
    pub(crate) fn kind_settings<T: DeserializeOwned>(&self) -> Result<T, RegistryError> {
        let settings = Value::Table(self.kind_settings.clone());
        settings.try_into().map_err(|error| self.error(&error))
    }

    /// An error about one setting of this supplier.
    pub(crate) fn field_error(&self, field: &str, problem: &(impl ToString + ?Sized)) -> RegistryError {
        self.error(&format!("`{field}`: {}", problem.to_string()))
    }

    /// An error about this supplier.
    pub(crate) fn error(&self, problem: &impl ToString) -> RegistryError {
        RegistryError::Supplier { supplier: self.common.code.to_string(), problem: message(problem) }
    }
}

/// The message without the line break that ends TOML's errors.
fn message(error: &impl ToString) -> String {
    error.to_string().trim_end().to_owned()
}
