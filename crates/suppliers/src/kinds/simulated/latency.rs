//! How long a simulated answer takes: log-normal, as answers of real services are, with a long tail.

use std::{str::FromStr, time::Duration};

use rand_distr::{Distribution, LogNormal};

/// Standard deviations from the median of a normal distribution to its 99th percentile.
const Z99: f64 = 2.326_348;

/// The range that the carriers' own latencies are written for; another range is filled in proportion.
const NATURAL_MS: (f64, f64) = (400.0, 6000.0);

/// The least and the most that simulated suppliers may take, written `N` or `MIN-MAX` in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyRange {
    min_ms: u32,
    max_ms: u32,
}

impl LatencyRange {
    /// What the compiled-in carriers may take unless it is said otherwise.
    pub const EMBEDDED: Self = Self { min_ms: 400, max_ms: 6000 };
}

/// A text that is no range of latencies.
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

/// One carrier's latency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latency {
    natural_ms: LogNormal<f64>,
    range: Option<LatencyRange>,
}

impl Latency {
    /// With this median and 99th percentile, moved into `range` if there is one. `None` if they are out of order.
    pub(super) fn new(median_ms: f64, p99_ms: f64, range: Option<LatencyRange>) -> Option<Self> {
        if !(median_ms > 0.0 && p99_ms >= median_ms && p99_ms.is_finite()) {
            return None;
        }
        let sigma = (p99_ms / median_ms).ln() / Z99;
        let natural_ms = LogNormal::new(median_ms.ln(), sigma).ok()?;
        Some(Self { natural_ms, range })
    }

    /// How long the next answer takes.
    pub(super) fn sample(&self) -> Duration {
        match self.range {
            Some(range) if range.min_ms == range.max_ms => Duration::from_millis(range.min_ms.into()),
            range => {
                let natural = self.natural_ms.sample(&mut rand::rng());
                let ms = range.map_or(natural, |range| range.place(natural));
                Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)
            }
        }
    }
}

impl LatencyRange {
    /// Where a latency lies in this range that is `natural_ms` in the one the carriers are written for.
    fn place(self, natural_ms: f64) -> f64 {
        let (min, max) = (f64::from(self.min_ms), f64::from(self.max_ms));
        let share = (natural_ms - NATURAL_MS.0) / (NATURAL_MS.1 - NATURAL_MS.0);
        (min + share * (max - min)).clamp(min, max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> LatencyRange {
        text.parse().unwrap()
    }

    /// The share of 20,000 samples that `holds` holds for.
    fn share(latency: Latency, holds: impl Fn(Duration) -> bool) -> f64 {
        let count = (0..20_000).filter(|_| holds(latency.sample())).count();
        f64::from(u32::try_from(count).unwrap()) / 20_000.0
    }

    #[test]
    fn a_range_is_one_number_or_two_in_order() {
        assert_eq!(range("250"), range("250-250"));
        for text in ["", "-", "5-", "-5", "9-5", "a", "1-2-3", "1.5"] {
            assert_eq!(text.parse::<LatencyRange>(), Err(InvalidLatencyRange), "{text}");
        }
    }

    #[test]
    fn half_is_faster_than_the_median_and_one_in_a_hundred_slower_than_the_99th_percentile() {
        let latency = Latency::new(900.0, 4000.0, None).unwrap();
        assert!((share(latency, |took| took < Duration::from_millis(900)) - 0.5).abs() < 0.03);
        assert!((share(latency, |took| took > Duration::from_secs(4)) - 0.01).abs() < 0.006);
    }

    #[test]
    fn a_range_bounds_every_sample_and_keeps_their_spread() {
        let latency = Latency::new(900.0, 4000.0, Some(range("10-66"))).unwrap();
        let (min, max) = (Duration::from_millis(10), Duration::from_millis(66));
        assert!(share(latency, |took| (min..=max).contains(&took)) > 0.999_99);
        assert!((share(latency, |took| took < Duration::from_millis(15)) - 0.5).abs() < 0.03);
    }

    #[test]
    fn one_number_means_exactly_that() {
        let latency = Latency::new(900.0, 4000.0, Some(range("7"))).unwrap();
        assert!(share(latency, |took| took == Duration::from_millis(7)) > 0.999_99);
        assert_eq!(Latency::new(900.0, 4000.0, Some(range("0"))).unwrap().sample(), Duration::ZERO);
    }
}
