use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{InvalidField, JsonField, from_string};

/// A time of day, `HH:MM`, without a date or a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(u16);

impl ClockTime {
    /// Minutes since midnight, 0 to 1439.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.0
    }
}

/// A text that is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time of day from 00:00 to 23:59, like 06:30")]
pub struct InvalidClockTime;

impl FromStr for ClockTime {
    type Err = InvalidClockTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let [h1 @ b'0'..=b'2', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'5', m2 @ b'0'..=b'9'] = text.as_bytes()
        else {
            return Err(InvalidClockTime);
        };
        let two = |tens: &u8, ones: &u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
        let (hours, minutes) = (two(h1, h2), two(m1, m2));
        if hours < 24 { Ok(Self(hours * 60 + minutes)) } else { Err(InvalidClockTime) }
    }
}

impl TryFrom<String> for ClockTime {
    type Error = InvalidClockTime;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl JsonField for ClockTime {
    const KIND: &'static str = "a string";

    fn from_json(value: &Value) -> Result<Self, InvalidField> {
        from_string(value)
    }

    #[cfg(feature = "openapi")]
    fn schema(about: &str) -> utoipa::openapi::Schema {
        let time = crate::schema::text("06:00").pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"));
        time.description(Some(about)).build().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_hours_and_minutes_of_a_day() {
        for text in ["00:00", "06:05", "23:59"] {
            assert_eq!(text.parse::<ClockTime>().unwrap().to_string(), text);
        }
        for text in ["", "24:00", "6:05", "06:60", "06.05", "06:05:00", "0６:05"] {
            assert_eq!(text.parse::<ClockTime>(), Err(InvalidClockTime), "{text}");
        }
    }
}
