//! Where one field of an offer stands, and what it holds.

use serde::{Deserialize, de::Error};
use serde_json::Value as Json;

use crate::{
    Malformed,
    error::response::Problem,
    parse::{rounded, whole_units},
    response::Path,
};

/// Where a field stands: at a pointer, or at several that make one text together. And what it is if it isn't
/// there.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pointers: Vec<Path>,
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

impl Field {
    /// Where it stands, if it is not constant.
    pub(super) fn pointers(&self) -> &[Path] {
        &self.pointers
    }
}

/// A field of one of the offers.
pub(super) struct Spot<'a> {
    index: usize,
    found: &'a [Json],
    field: &'a Field,
    name: &'static str,
}

impl<'a> Spot<'a> {
    /// The field that the mapping calls `name`, of the offer at `index`, and what was found at each of its pointers.
    pub(super) fn new(index: usize, found: &'a [Json], field: &'a Field, name: &'static str) -> Self {
        Self { index, found, field, name }
    }

    /// The error that something is wrong with this field.
    pub(super) fn is(&self, problem: Problem) -> Malformed {
        let pointers: Vec<_> = self.field.pointers.iter().map(ToString::to_string).collect();
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
        self.values().first()
    }

    /// What stands at the pointers, or the default if any of them points at nothing.
    fn values(&self) -> &'a [Json] {
        if self.found.is_empty() || self.found.contains(&Json::Null) {
            self.field.default.as_slice()
        } else {
            self.found
        }
    }
}
