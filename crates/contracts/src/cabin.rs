use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A class of service, from the cheapest to the dearest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Cabin {
    /// Economy.
    #[default]
    Economy,
    /// Premium economy.
    PremiumEconomy,
    /// Business.
    Business,
    /// First.
    First,
}

impl Cabin {
    /// Every cabin, from the cheapest to the dearest.
    pub const ALL: [Self; 4] = [Self::Economy, Self::PremiumEconomy, Self::Business, Self::First];

    /// The cabin as written to Redis and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Economy => "economy",
            Self::PremiumEconomy => "premium_economy",
            Self::Business => "business",
            Self::First => "first",
        }
    }
}

/// A word that is no cabin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be economy, premium_economy, business or first")]
pub struct InvalidCabin;

impl FromStr for Cabin {
    type Err = InvalidCabin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|cabin| cabin.as_str() == text).ok_or(InvalidCabin)
    }
}

impl fmt::Display for Cabin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cabin_is_one_word() {
        for cabin in Cabin::ALL {
            assert_eq!(cabin.to_string().parse(), Ok(cabin));
            assert_eq!(serde_json::to_string(&cabin).unwrap(), format!("\"{cabin}\""));
        }
        for text in ["", "Economy", "premium economy", "coach"] {
            assert_eq!(text.parse::<Cabin>(), Err(InvalidCabin), "{text}");
        }
    }
}
