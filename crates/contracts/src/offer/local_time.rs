use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, fmt::temporal::Pieces, tz::Offset};
use serde::{Deserialize, Serialize};

/// A point in time with the offset from UTC of its location, `2025-07-10T06:05:00+07:00` (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalTime {
    at: Timestamp,
    offset: Offset,
}

impl LocalTime {
    /// The instant `at`, shown with `offset`.
    #[must_use]
    pub fn new(at: Timestamp, offset: Offset) -> Self {
        Self { at, offset }
    }

    /// The instant, independent of the offset.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        self.at
    }

    /// The local time, in minutes since midnight: 0 to 1439.
    #[must_use]
    pub fn minute_of_day(self) -> u16 {
        let time = self.offset.to_datetime(self.at).time();
        u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
    }

    /// The local date.
    #[must_use]
    pub fn date(self) -> Date {
        self.offset.to_datetime(self.at).date()
    }
}

/// A text that is no RFC 3339 time with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time with an offset, like 2025-07-10T06:05:00+07:00")]
pub struct InvalidLocalTime;

impl FromStr for LocalTime {
    type Err = InvalidLocalTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pieces = Pieces::parse(text).map_err(|_| InvalidLocalTime)?;
        let time = pieces.time().ok_or(InvalidLocalTime)?;
        let offset = pieces.to_numeric_offset().ok_or(InvalidLocalTime)?;
        let at = offset.to_timestamp(pieces.date().to_datetime(time)).map_err(|_| InvalidLocalTime)?;
        Ok(Self { at, offset })
    }
}

impl TryFrom<String> for LocalTime {
    type Error = InvalidLocalTime;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LocalTime> for String {
    fn from(time: LocalTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.display_with_offset(self.offset).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_keeps_its_offset() {
        for text in ["2025-07-10T06:05:00+07:00", "2025-07-10T06:05:00+05:30", "2025-07-10T06:05:00-03:00"] {
            assert_eq!(text.parse::<LocalTime>().unwrap().to_string(), text);
        }
        assert_eq!(
            "2025-07-10T06:05:00Z".parse::<LocalTime>().unwrap().to_string(),
            "2025-07-10T06:05:00+00:00"
        );
    }

    #[test]
    fn local_time_needs_an_offset() {
        for text in ["", "2025-07-10", "2025-07-10T06:05:00", "tomorrow"] {
            assert_eq!(text.parse::<LocalTime>(), Err(InvalidLocalTime), "{text}");
        }
    }
}
