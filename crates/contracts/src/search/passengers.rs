use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{InvalidField, SearchField, from_number};

/// The number of passengers, 1 to 9: the limit of one booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Passengers(u8);

impl Passengers {
    /// The number, 1 to 9.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A number of passengers that one booking can't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 9")]
pub struct InvalidPassengers;

impl TryFrom<u64> for Passengers {
    type Error = InvalidPassengers;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        match u8::try_from(number) {
            Ok(number @ 1..=9) => Ok(Self(number)),
            _ => Err(InvalidPassengers),
        }
    }
}

impl From<Passengers> for u64 {
    fn from(passengers: Passengers) -> Self {
        passengers.0.into()
    }
}

impl FromStr for Passengers {
    type Err = InvalidPassengers;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<u64>().map_err(|_| InvalidPassengers)?.try_into()
    }
}

impl fmt::Display for Passengers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl SearchField for Passengers {
    const KIND: &'static str = "a whole number";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_number(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        crate::schema::whole_number(2, 1, 9).description(Some(about)).build().into()
    }
}
