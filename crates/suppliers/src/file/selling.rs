//! What the file says of what a supplier sells.

use airports::Airports;
use contracts::IataCode;
use serde::Deserialize;

/// A kind of passenger that suppliers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PassengerType {
    Adult,
    Child,
    Infant,
}

/// Where a supplier flies: `CGK` (an airport or city), `CGK-DPS` (between two, in either direction) or `ID` (the airports
/// of a country).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Served {
    Place(IataCode),
    Pair(IataCode, IataCode),
    Country(String),
}

impl Served {
    /// A code in it that no airport or city has. A country is not checked.
    pub(crate) fn unknown(&self, airports: &Airports) -> Option<IataCode> {
        let codes = match self {
            Self::Place(place) => [Some(*place), None],
            Self::Pair(one, other) => [Some(*one), Some(*other)],
            Self::Country(_) => [None, None],
        };
        codes.into_iter().flatten().find(|code| !airports.knows(*code))
    }
}

impl TryFrom<String> for Served {
    type Error = InvalidServed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let code = |text: &str| text.parse().map_err(|_| InvalidServed);
        match text.split_once('-') {
            Some((one, other)) => Ok(Self::Pair(code(one)?, code(other)?)),
            None if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Ok(Self::Country(text))
            }
            None => Ok(Self::Place(code(&text)?)),
        }
    }
}

/// A text that names no places.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be an airport or city like CGK, a pair like CGK-DPS, or a country like ID")]
pub(crate) struct InvalidServed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "id", "JAKARTA", "CGK-", "CGK-DPS-SIN"] {
            assert!(Served::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
