//! One field of the mapping: where its value is in an offer, and how to read it.

use rust_decimal::Decimal;
use serde::{Deserialize, de::Error};
use serde_json::Value as Json;

use crate::{
    error::{FieldProblem, ResponseError},
    parse::decimal,
    response::json_pointer::JsonPointer,
};

/// The pointers to a field's value, and its default.
///
/// The text values of several pointers are concatenated. The default applies if any of them has no value.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pointers: Vec<JsonPointer>,
    default: Option<Json>,
}

/// A field that the suppliers file writes as a table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    pointer: Option<toml::Value>,
    default: Option<Json>,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (pointers, default) = match toml::Value::deserialize(deserializer)? {
            toml::Value::Table(table) => {
                let table: FieldTable = table.try_into().map_err(Error::custom)?;
                (table.pointer, table.default)
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
    /// Its pointers; none if it is a constant.
    pub(super) fn pointers(&self) -> &[JsonPointer] {
        &self.pointers
    }

    /// Whether it is mapped.
    pub(super) fn is_set(&self) -> bool {
        !self.pointers.is_empty() || self.default.is_some()
    }
}

/// A part of an offer: all of it, one of its slices, or one of its flights.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    /// The offer's index in the list.
    pub(super) offer: usize,
    /// Where the part is in the offer, such as `/legs/0`; empty for the offer itself.
    pub(super) path: String,
    pub(super) json: &'a [u8],
}

impl Part<'_> {
    /// An error about the field `name`, whose value is at these pointers.
    pub(super) fn error(
        &self,
        name: &'static str,
        pointers: &[JsonPointer],
        problem: FieldProblem,
    ) -> ResponseError {
        let pointers: Vec<_> = pointers.iter().map(|pointer| format!("{}{pointer}", self.path)).collect();
        let field = if pointers.is_empty() { name.to_owned() } else { pointers.join(" ") };
        ResponseError::InvalidField { index: self.offer, name, field, problem }
    }
}

/// The values of a part's fields, in the order of their pointers.
pub(super) struct FieldValues<'a> {
    part: &'a Part<'a>,
    rest: &'a [Json],
}

impl<'a> FieldValues<'a> {
    pub(super) fn new(part: &'a Part<'a>, values: &'a [Json]) -> Self {
        Self { part, rest: values }
    }

    /// The values of the next fields.
    pub(super) fn of<const N: usize>(
        &mut self,
        fields: [(&'static str, &'a Field); N],
    ) -> [FieldValue<'a>; N] {
        fields.map(|(name, field)| {
            let (values, rest) = self.rest.split_at(field.pointers.len().min(self.rest.len()));
            self.rest = rest;
            FieldValue { part: self.part, values, field, name }
        })
    }
}

/// The value of a field in one part of an offer.
pub(super) struct FieldValue<'a> {
    part: &'a Part<'a>,
    /// The value at each of the field's pointers, or `null`.
    values: &'a [Json],
    field: &'a Field,
    name: &'static str,
}

impl<'a> FieldValue<'a> {
    /// An error about this field.
    pub(super) fn error(&self, problem: FieldProblem) -> ResponseError {
        self.part.error(self.name, &self.field.pointers, problem)
    }

    /// Reads a text or a number as text.
    pub(super) fn text(&self) -> Result<Option<String>, ResponseError> {
        let values = self.values_or_default();
        let texts = values.iter().map(|value| match value {
            Json::String(text) => Ok(text.clone()),
            Json::Number(number) => Ok(number.to_string()),
            _ => Err(self.error(FieldProblem::NotText)),
        });
        let text = texts.collect::<Result<String, _>>()?;
        Ok(Some(text).filter(|text| !text.trim().is_empty()))
    }

    /// Reads an amount of money, a number or a decimal text, exactly.
    pub(super) fn decimal(&self) -> Result<Option<Decimal>, ResponseError> {
        let amount = self.first_value().map(|value| match value {
            // The shortest decimal that is this number, as the supplier wrote it.
            Json::Number(number) => decimal(&number.to_string()),
            Json::String(text) => decimal(text),
            _ => Err(FieldProblem::NotAmount),
        });
        amount.transpose().map_err(|problem| self.error(problem))
    }

    /// Reads `true` or `false`.
    pub(super) fn flag(&self) -> Result<Option<bool>, ResponseError> {
        let flag = self.first_value().map(|value| match value {
            Json::Bool(flag) => Ok(*flag),
            Json::String(text) => text.parse().map_err(|_| FieldProblem::NotFlag),
            _ => Err(FieldProblem::NotFlag),
        });
        flag.transpose().map_err(|problem| self.error(problem))
    }

    /// Reads a text with `parse`.
    pub(super) fn parsed<T>(
        &self,
        parse: impl Fn(&str) -> Result<T, FieldProblem>,
    ) -> Result<Option<T>, ResponseError> {
        self.text()?.map(|text| parse(&text)).transpose().map_err(|problem| self.error(problem))
    }

    /// Reads a small whole number.
    pub(super) fn count<T: TryFrom<u64>>(&self) -> Result<Option<T>, ResponseError> {
        let count = self.first_value().map(|value| {
            let count = whole(value).or_else(|| value.as_str()?.trim().parse().ok());
            count.and_then(|count| T::try_from(count).ok()).ok_or_else(|| self.error(FieldProblem::NotCount))
        });
        count.transpose()
    }

    fn first_value(&self) -> Option<&'a Json> {
        self.values_or_default().first()
    }

    /// An empty text is no value, as `null` is none.
    fn values_or_default(&self) -> &'a [Json] {
        let is_blank = |value: &Json| value.as_str().is_some_and(|text| text.trim().is_empty());
        // Vacuously true without pointers.
        if self.values.iter().all(is_blank) || self.values.contains(&Json::Null) {
            self.field.default.as_slice()
        } else {
            self.values
        }
    }
}

/// The whole number that a JSON number is: `110.0` is as whole as `110`.
fn whole(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64()?.to_string().parse().ok())
}
