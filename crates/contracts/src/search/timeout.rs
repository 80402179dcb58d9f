use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{InvalidField, JsonField, from_number};

/// How long a search may take at most, if its client wants less than the configured deadline: 100 ms to a day, in whole
/// milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct SearchTimeout(u32);

impl SearchTimeout {
    /// No supplier could answer sooner.
    pub const SHORTEST: Duration = Duration::from_millis(SHORTEST_MS as u64);
    /// The longest deadline that can be configured.
    pub const LONGEST: Duration = Duration::from_millis(LONGEST_MS as u64);

    /// The time.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_millis(self.0.into())
    }
}

const SHORTEST_MS: u32 = 100;
const LONGEST_MS: u32 = 24 * 60 * 60 * 1000;

/// A time that is too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from {SHORTEST_MS} to {LONGEST_MS}")]
pub struct InvalidTimeout;

impl TryFrom<u64> for SearchTimeout {
    type Error = InvalidTimeout;

    fn try_from(millis: u64) -> Result<Self, Self::Error> {
        match u32::try_from(millis) {
            Ok(millis @ SHORTEST_MS..=LONGEST_MS) => Ok(Self(millis)),
            _ => Err(InvalidTimeout),
        }
    }
}

impl From<SearchTimeout> for u64 {
    fn from(timeout: SearchTimeout) -> Self {
        timeout.0.into()
    }
}

impl FromStr for SearchTimeout {
    type Err = InvalidTimeout;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<u64>().map_err(|_| InvalidTimeout)?.try_into()
    }
}

impl fmt::Display for SearchTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonField for SearchTimeout {
    const KIND: &'static str = "a whole number of milliseconds";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_number(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        crate::schema::whole_number(5000, SHORTEST_MS, LONGEST_MS).description(Some(about)).build().into()
    }
}
