use std::str::FromStr;

/// The shortest and the longest latency of simulated suppliers, written `N` or `MIN-MAX` in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyRange {
    pub(crate) min_ms: u32,
    pub(crate) max_ms: u32,
}

impl LatencyRange {
    /// The default for the embedded suppliers.
    pub const EMBEDDED: Self = Self { min_ms: 400, max_ms: 6000 };
}

/// A text that is not a range of latencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be milliseconds, N or MIN-MAX, like 400-6000")]
pub struct InvalidLatencyRange;

impl FromStr for LatencyRange {
    type Err = InvalidLatencyRange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (min, max) = text.split_once('-').unwrap_or((text, text));
        let number = |text: &str| text.trim().parse().map_err(|_| InvalidLatencyRange);
        let (min_ms, max_ms) = (number(min)?, number(max)?);
        if min_ms <= max_ms { Ok(Self { min_ms, max_ms }) } else { Err(InvalidLatencyRange) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_number_or_two_in_order() {
        let range = |text: &str| text.parse::<LatencyRange>();
        assert_eq!(range("250"), range("250-250"));
        assert!(range("250").is_ok());
        for text in ["", "-", "5-", "-5", "9-5", "a", "1-2-3", "1.5"] {
            assert_eq!(range(text), Err(InvalidLatencyRange), "{text}");
        }
    }
}
