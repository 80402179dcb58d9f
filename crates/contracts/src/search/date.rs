use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{InvalidField, JsonField, from_string};

/// A day in the Gregorian calendar, written `YYYY-MM-DD`. Days in the past are allowed: the documented example
/// of the API is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TravelDate(jiff::civil::Date);

impl TravelDate {
    /// The day as a calendar date, for arithmetic.
    #[must_use]
    pub fn civil(self) -> jiff::civil::Date {
        self.0
    }
}

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTravelDate {
    /// It is not of the form `YYYY-MM-DD`.
    #[error("must be a date like 2025-07-10 (YYYY-MM-DD)")]
    Form,
    /// It has the form, but the calendar has no such day.
    #[error("is a day that does not exist")]
    NoSuchDay,
}

impl FromStr for TravelDate {
    type Err = InvalidTravelDate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(InvalidTravelDate::Form);
        }
        text.parse().map(Self).map_err(|_| InvalidTravelDate::NoSuchDay)
    }
}

impl TryFrom<String> for TravelDate {
    type Error = InvalidTravelDate;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TravelDate> for String {
    fn from(date: TravelDate) -> Self {
        date.to_string()
    }
}

impl fmt::Display for TravelDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonField for TravelDate {
    const KIND: &'static str = "a string";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_string(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        crate::schema::day().pattern(Some(r"^\d{4}-\d{2}-\d{2}$")).description(Some(about)).build().into()
    }
}
