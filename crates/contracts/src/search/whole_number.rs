use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::Value;

use super::field::{InvalidField, JsonField, from_number};

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct WholeNumber<const MIN: u8, const MAX: u8>(u8);

impl<const MIN: u8, const MAX: u8> WholeNumber<MIN, MAX> {
    /// The number, or the end of the range that is nearer.
    pub(super) fn clamped(number: usize) -> Self {
        Self(u8::try_from(number).unwrap_or(MAX).clamp(MIN, MAX))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A number that is not from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from {MIN} to {MAX}")]
pub struct OutOfRange<const MIN: u8, const MAX: u8>;

impl<const MIN: u8, const MAX: u8> TryFrom<u64> for WholeNumber<MIN, MAX> {
    type Error = OutOfRange<MIN, MAX>;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        match u8::try_from(number) {
            Ok(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            _ => Err(OutOfRange),
        }
    }
}

impl<const MIN: u8, const MAX: u8> FromStr for WholeNumber<MIN, MAX> {
    type Err = OutOfRange<MIN, MAX>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<u64>().map_err(|_| OutOfRange)?.try_into()
    }
}

impl<const MIN: u8, const MAX: u8> fmt::Display for WholeNumber<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MIN: u8, const MAX: u8> JsonField for WholeNumber<MIN, MAX> {
    const KIND: &'static str = "a whole number";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_number(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        crate::schema::whole_number(MIN.max(1).into(), MIN.into(), MAX.into())
            .description(Some(about))
            .build()
            .into()
    }
}
