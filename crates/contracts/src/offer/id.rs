use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Identifies an itinerary in a cabin: offers with the same id are the same flights, for every supplier, in every currency
/// and in every search. 16 hexadecimal digits.
///
/// A hash of the first slice's flight number, departure, origin and destination, of the flights of the others, and of the
/// cabin, or those of the slices if they differ. The same in all versions, for prices in rupiah.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferId(pub(super) u64);

impl OfferId {
    /// Whether the offer has no id yet.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.0 == 0
    }
}

/// The text is not an offer id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 hexadecimal digits")]
pub struct InvalidOfferId;

impl FromStr for OfferId {
    type Err = InvalidOfferId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex {
            return Err(InvalidOfferId);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| InvalidOfferId)
    }
}

impl TryFrom<String> for OfferId {
    type Error = InvalidOfferId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OfferId> for String {
    fn from(id: OfferId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
