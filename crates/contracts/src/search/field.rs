//! Reads the fields of a search from JSON or Redis.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use serde::Serialize;
use serde_json::Value;

use super::route::Route;
use crate::field_error::FieldError;

/// The type of a field of a search. Its `FromStr` and `Display` are its form in Redis and in the fingerprint.
pub trait SearchField: JsonField + Display + FromStr<Err: Display> {}

impl<T: JsonField + Display + FromStr<Err: Display>> SearchField for T {}

/// The type of a field, or of a part of one, in a POST body.
pub trait JsonField: Sized {
    /// Its JSON type in error messages: `a string`.
    const KIND: &'static str;

    /// Reads it.
    fn from_json(value: &Value) -> Result<Self, InvalidField>;

    /// Its JSON Schema, with this description.
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
    /// The right type, but parts of it are invalid.
    Parts(InvalidParts),
}

/// The invalid parts of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvalidParts {
    /// Each with its path within the field: `[1].date`.
    pub errors: Vec<FieldError>,
    /// Origins and destinations that could be read.
    pub routes: Vec<Route>,
}

impl InvalidParts {
    /// Keeps what is wrong with the value at `path`.
    pub(super) fn keep<T: JsonField>(&mut self, path: String, read: Result<T, InvalidField>) -> Option<T> {
        match read {
            Ok(value) => return Some(value),
            Err(InvalidField::Type) => self.refuse(path, &format_args!("must be {}", T::KIND)),
            Err(InvalidField::Value(problem)) => self.refuse(path, &problem),
            Err(InvalidField::Parts(parts)) => {
                let Self { errors, routes } = parts;
                self.errors.extend(errors.into_iter().map(|error| error.inside(&path)));
                self.routes.extend(routes.into_iter().map(|route| route.inside(&path)));
            }
        }
        None
    }

    /// Adds an error about the value at `path`.
    pub(super) fn refuse(&mut self, path: String, problem: &dyn Display) {
        self.errors.push(FieldError::new(path, problem.to_string()));
    }
}

/// Where a search is read from: a POST body, or a job or a record in Redis. It keeps what is wrong with the fields, and
/// gives `None` for those.
pub trait FieldSource {
    /// A field that every search has. `about` is its description in the API's documentation.
    fn required<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T>;

    /// A field that every search has. A body that has the second field may leave it out.
    fn required_without<T: SearchField>(
        &mut self,
        name: &'static str,
        _other: &'static str,
        about: &'static str,
    ) -> Option<T> {
        self.required(name, about)
    }

    /// A field of jobs and records only: a body has it in another form.
    fn stored<T: SearchField>(&mut self, _name: &'static str) -> Option<T> {
        None
    }

    /// A field that a search may have.
    fn optional<T: SearchField>(&mut self, name: &'static str, about: &'static str) -> Option<T>;

    /// Adds an error that concerns several fields.
    fn refuse(&mut self, name: &'static str, problem: &dyn Display);
}

/// JSON in Redis and in the fingerprint: compact, and the same for the same value.
pub(super) fn compact_json(value: &impl Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(value).map_err(|_| fmt::Error)?)
}

/// A value from its [`compact_json`].
pub(super) fn from_compact_json<T: JsonField>(text: &str) -> Result<T, InvalidStored> {
    let invalid = |problem: String| InvalidStored(problem);
    let value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    T::from_json(&value).map_err(|error| match error {
        InvalidField::Type => invalid(format!("must be {}", T::KIND)),
        InvalidField::Value(problem) => invalid(problem),
        InvalidField::Parts(parts) => match parts.errors.first() {
            Some(error) => invalid(format!("{} {}", error.field, error.message)),
            None => invalid("is invalid".into()),
        },
    })
}

/// A field in Redis that is not what this version writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidStored(String);

/// JSON that is a string.
pub(super) fn from_string<T: FromStr<Err: Display>>(value: &Value) -> Result<T, InvalidField> {
    value
        .as_str()
        .ok_or(InvalidField::Type)?
        .parse()
        .map_err(|error: T::Err| InvalidField::Value(error.to_string()))
}

/// JSON that is a whole number. `2.0` is as whole as `2`: JSON knows one kind of number. Negative, fractional and huge
/// numbers are never in range, and the highest is refused in their place.
pub(super) fn from_number<T: TryFrom<u64, Error: Display>>(value: &Value) -> Result<T, InvalidField> {
    let Value::Number(number) = value else { return Err(InvalidField::Type) };
    let whole = number.as_u64().or_else(|| number.as_f64()?.to_string().parse().ok());
    T::try_from(whole.unwrap_or(u64::MAX)).map_err(|error| InvalidField::Value(error.to_string()))
}
