use std::{fmt, num::ParseIntError, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

/// A point in time as milliseconds since 1970-01-01T00:00Z, as in Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EpochMillis(pub u64);

impl EpochMillis {
    /// The wall clock now.
    #[must_use]
    pub fn now() -> Self {
        Self(u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0))
    }

    /// The time since `earlier`; zero if that is later, because clocks differ.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// RFC 3339 in UTC with milliseconds, as in the HTTP API.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        jiff::Timestamp::from_millisecond(millis).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
    }
}

impl std::ops::Add<Duration> for EpochMillis {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for EpochMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EpochMillis {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_utc_with_milliseconds() {
        assert_eq!(EpochMillis(1_752_105_600_007).to_rfc3339(), "2025-07-10T00:00:00.007Z");
        assert_eq!(EpochMillis(u64::MAX).to_rfc3339(), "");
    }

    #[test]
    fn a_clock_that_went_back_gives_no_negative_span() {
        assert_eq!(EpochMillis(5).since(EpochMillis(9)), Duration::ZERO);
    }
}
