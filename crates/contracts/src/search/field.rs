//! Reads the fields of a search from JSON or Redis.

use std::{fmt::Display, str::FromStr};

use serde_json::Value;

/// The type of a field. Its `FromStr` and `Display` are its form in Redis and in the fingerprint.
pub trait SearchField: Sized + Display + FromStr<Err: Display> {
    /// Its JSON type in error messages: `a string`.
    const KIND: &'static str;

    /// Reads it from a POST body.
    fn from_json(value: &Value) -> Result<Self, InvalidField>;

    /// Its JSON Schema in a POST body, with this description.
    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema;
}

/// Why a field's JSON is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidField {
    /// Not of the type [`KIND`](SearchField::KIND).
    Type,
    /// The right type but an invalid value; the text says what is valid.
    Value(String),
}

/// Where a search is read from: a POST body, or a job or a record in Redis. It keeps what is wrong with the fields, and
/// gives `None` for those.
pub trait FieldSource {
    /// A field that every search has. `about` is its description in the API's documentation.
    fn required<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T>;

    /// A field that a search may have.
    fn optional<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T>;

    /// Adds an error that concerns several fields.
    fn refuse(&mut self, name: &'static str, problem: &dyn Display);
}

/// JSON that is a string.
pub(super) fn from_string<T: SearchField>(value: &Value) -> Result<T, InvalidField> {
    value
        .as_str()
        .ok_or(InvalidField::Type)?
        .parse()
        .map_err(|error: T::Err| InvalidField::Value(error.to_string()))
}

/// JSON that is a whole number. `2.0` is as whole as `2`: JSON knows one kind of number. Negative, fractional and huge
/// numbers are never in range, and zero is refused in their place.
pub(super) fn from_number<T: TryFrom<u64, Error: Display>>(value: &Value) -> Result<T, InvalidField> {
    let Value::Number(number) = value else { return Err(InvalidField::Type) };
    let whole = number.as_u64().or_else(|| number.as_f64()?.to_string().parse().ok());
    T::try_from(whole.unwrap_or(0)).map_err(|error| InvalidField::Value(error.to_string()))
}
