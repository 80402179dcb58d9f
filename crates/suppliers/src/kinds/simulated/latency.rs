//! How long a simulated call takes: log-normally distributed, with a long tail like real services.

use std::time::Duration;

use rand_distr::{Distribution, LogNormal};

use crate::options::LatencyRange;

/// Standard deviations from the median of a normal distribution to its 99th percentile.
const Z99: f64 = 2.326_348;

/// The range that carriers' latencies are configured for. They are scaled to any other range.
const CONFIGURED_RANGE_MS: (f64, f64) = (400.0, 6000.0);

/// The latency of a carrier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latency {
    distribution_ms: LogNormal<f64>,
    range: Option<LatencyRange>,
}

impl Latency {
    /// A latency with this median and 99th percentile, scaled to `range` if there is one. `None` unless
    /// 0 < `median_ms` <= `p99_ms`.
    pub(super) fn new(median_ms: f64, p99_ms: f64, range: Option<LatencyRange>) -> Option<Self> {
        if !(median_ms > 0.0 && p99_ms >= median_ms && p99_ms.is_finite()) {
            return None;
        }
        let sigma = (p99_ms / median_ms).ln() / Z99;
        let distribution_ms = LogNormal::new(median_ms.ln(), sigma).ok()?;
        Some(Self { distribution_ms, range })
    }

    /// The latency of the next call.
    pub(super) fn sample(&self) -> Duration {
        match self.range {
            Some(range) if range.min_ms == range.max_ms => Duration::from_millis(range.min_ms.into()),
            range => {
                let ms = self.distribution_ms.sample(&mut rand::rng());
                let ms = range.map_or(ms, |range| scale_to(range, ms));
                Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)
            }
        }
    }
}

/// Scales a latency from [`CONFIGURED_RANGE_MS`] to another range.
fn scale_to(range: LatencyRange, ms: f64) -> f64 {
    let (min, max) = (f64::from(range.min_ms), f64::from(range.max_ms));
    let share = (ms - CONFIGURED_RANGE_MS.0) / (CONFIGURED_RANGE_MS.1 - CONFIGURED_RANGE_MS.0);
    (min + share * (max - min)).clamp(min, max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> LatencyRange {
        text.parse().unwrap()
    }

    /// The share of 20,000 samples for which `holds` is true.
    fn share(latency: Latency, holds: impl Fn(Duration) -> bool) -> f64 {
        let count = (0..20_000).filter(|_| holds(latency.sample())).count();
        f64::from(u32::try_from(count).unwrap()) / 20_000.0
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
