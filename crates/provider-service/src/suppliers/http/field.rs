//! Where one field of an offer stands, and what it holds.

use std::fmt;

use serde::{Deserialize, de::Error};
use serde_json::Value as Json;

use crate::suppliers::{
    Malformed,
    malformed::Problem,
    values::{rounded, whole_units},
};

/// A JSON Pointer (RFC 6901), like `/data/0/price`. The empty one is the whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pointer(String);

impl TryFrom<String> for Pointer {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.is_empty() || text.starts_with('/');
        if fits {
            Ok(Self(text))
        } else {
            Err("a JSON Pointer begins with `/`; a constant is { default = … }")
        }
    }
}

impl Pointer {
    /// What stands there; `null` is nothing.
    pub(super) fn find<'j>(&self, json: &'j Json) -> Option<&'j Json> {
        json.pointer(&self.0).filter(|value| !value.is_null())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a field stands: at a pointer, or at several that make one text together. And what it is if it isn't
/// there.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pointers: Vec<Pointer>,
    default: Option<Json>,
}

/// How a field may be written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    pointer: Option<toml::Value>,
    default: Option<Json>,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (pointers, default) = match toml::Value::deserialize(deserializer)? {
            toml::Value::Table(table) => {
                let written: Written = table.try_into().map_err(Error::custom)?;
                (written.pointer, written.default)
            }
            pointers => (Some(pointers), None),
        };
        let pointers = match pointers {
            Some(toml::Value::Array(pointers)) => pointers,
            Some(pointer) => vec![pointer],
            None => Vec::new(),
        };
        let pointers = pointers.into_iter().map(|pointer| pointer.try_into().map_err(Error::custom));
        Ok(Self { pointers: pointers.collect::<Result<_, _>>()?, default })
    }
}

/// A field of one of the offers.
pub(super) struct Spot<'a> {
    index: usize,
    offer: &'a Json,
    field: &'a Field,
    name: &'static str,
}

impl<'a> Spot<'a> {
    /// The field that the mapping calls `name`, of the offer at `index`.
    pub(super) fn new(index: usize, offer: &'a Json, field: &'a Field, name: &'static str) -> Self {
        Self { index, offer, field, name }
    }

    /// The error that something is wrong with this field.
    pub(super) fn is(&self, problem: Problem) -> Malformed {
        let pointers: Vec<_> = self.field.pointers.iter().map(|pointer| pointer.0.as_str()).collect();
        let field = if pointers.is_empty() { self.name.to_owned() } else { pointers.join(" ") };
        Malformed::Field { index: self.index, name: self.name, field, problem }
    }

    /// Its text; a number counts as one.
    pub(super) fn text(&self) -> Result<Option<String>, Malformed> {
        let values = self.values();
        let texts = values.iter().map(|value| match value {
            Json::String(text) => Ok(text.clone()),
            Json::Number(number) => Ok(number.to_string()),
            _ => Err(self.is(Problem::NotText)),
        });
        let text = texts.collect::<Result<String, _>>()?;
        Ok((!values.is_empty()).then_some(text))
    }

    /// An amount of money, a number or a text that is one, in whole units.
    pub(super) fn amount(&self) -> Result<Option<u64>, Malformed> {
        let amount = self.value().map(|value| match value {
            Json::Number(number) => rounded(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) => whole_units(text),
            _ => Err(Problem::NotAmount),
        });
        amount.transpose().map_err(|problem| self.is(problem))
    }

    /// A small whole number.
    pub(super) fn count<T: TryFrom<u64>>(&self) -> Result<Option<T>, Malformed> {
        let count = self.value().map(|value| {
            let count = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            count.and_then(|count| T::try_from(count).ok()).ok_or_else(|| self.is(Problem::NotCount))
        });
        count.transpose()
    }

    fn value(&self) -> Option<&'a Json> {
        self.values().first().copied()
    }

    /// What stands at the pointers, or the default if any of them points at nothing.
    fn values(&self) -> Vec<&'a Json> {
        let found: Option<Vec<_>> =
            self.field.pointers.iter().map(|pointer| pointer.find(self.offer)).collect();
        let found = found.filter(|values| !values.is_empty());
        found.unwrap_or_else(|| self.field.default.iter().collect())
    }
}
