//! Numbers with a range.

use std::time::Duration;

use serde::Deserialize;

/// A duration in whole milliseconds: 1 to 86,400,000 (a day).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Millis(pub(crate) Duration);

impl TryFrom<i64> for Millis {
    type Error = &'static str;

    fn try_from(millis: i64) -> Result<Self, Self::Error> {
        match u64::try_from(millis) {
            Ok(millis @ 1..=86_400_000) => Ok(Self(Duration::from_millis(millis))),
            _ => Err("must be from 1 to 86400000 milliseconds"),
        }
    }
}

/// The longest response in bytes: 1 to 268,435,456 (256 MiB). `DEFAULT` if the file does not set it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct ByteLimit<const DEFAULT: usize>(pub(crate) usize);

impl<const DEFAULT: usize> Default for ByteLimit<DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: usize> TryFrom<i64> for ByteLimit<DEFAULT> {
    type Error = &'static str;

    fn try_from(bytes: i64) -> Result<Self, Self::Error> {
        match usize::try_from(bytes) {
            Ok(bytes @ 1..=268_435_456) => Ok(Self(bytes)),
            _ => Err("must be from 1 to 268435456 bytes"),
        }
    }
}
