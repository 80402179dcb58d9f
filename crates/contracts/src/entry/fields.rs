use std::{fmt::Display, str::FromStr};

use crate::{TraceContext, names::field};

/// The fields of a stream entry or a record. A list, because there are few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Vec<u8>, Vec<u8>)>);

/// A field is missing or invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("field {field:?} {problem}")]
pub struct InvalidEntry {
    /// The field's name.
    pub field: String,
    /// The problem, as a phrase that follows the name.
    pub problem: String,
}

impl InvalidEntry {
    pub(super) fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.to_owned(), problem: problem.into() }
    }
}

impl Fields {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(field, _)| field == name.as_bytes()).map(|(_, value)| value.as_slice())
    }

    /// Removes a field and returns its value.
    pub fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|(field, _)| field == name.as_bytes())?;
        Some(self.0.swap_remove(at).1)
    }

    /// Adds a field or replaces its value.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.take(name);
        self.0.push((name.into(), value.into()));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All fields with their values.
    pub fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(field, value)| (field.as_slice(), value.as_slice()))
    }

    /// The trace that an entry or a record names. A malformed one counts as none: a trace never stops a search.
    #[must_use]
    pub fn trace(&self) -> Option<TraceContext> {
        TraceContext::parse(self.get(field::TRACEPARENT), self.get(field::TRACESTATE))
    }

    /// Parses a required field.
    pub fn required<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, InvalidEntry> {
        self.optional(name)?.ok_or_else(|| InvalidEntry::new(name, "is missing"))
    }

    /// Parses an optional field.
    pub fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, InvalidEntry> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = std::str::from_utf8(value).map_err(|_| InvalidEntry::new(name, "is not UTF-8"))?;
        text.parse().map(Some).map_err(|error: T::Err| InvalidEntry::new(name, error.to_string()))
    }
}

impl From<Vec<(Vec<u8>, Vec<u8>)>> for Fields {
    fn from(pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        Self(pairs)
    }
}

impl<K: Into<Vec<u8>>, V: Into<Vec<u8>>> FromIterator<(K, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(field, value)| (field.into(), value.into())).collect())
    }
}
