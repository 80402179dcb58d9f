//! How fares move over time.
//!
//! Each fare has a step for each hour, a random number from -1 to 1, and stands at the average of the last six. So it
//! moves a little every hour and is never further from its own level than the setting says. All steps follow from the
//! fare's name: what a fare is at a time is known in advance, and the same in every worker.

use jiff::Timestamp;

use super::seed::Seed;

/// How many steps a fare is the average of.
const STEPS: u8 = 6;

const SECONDS_PER_STEP: i64 = 60 * 60;

/// How far fares move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drift {
    /// The furthest from the fare's own level, in percent.
    percent: f64,
}

impl Drift {
    /// A drift of at most this much. `None` unless it is from 0 to 50 percent.
    pub(super) fn new(percent: f64) -> Option<Self> {
        (0.0..=50.0).contains(&percent).then_some(Self { percent })
    }

    /// What a fare is at a time, in whole rupiah. `fare` is its own level; `seed` belongs to it.
    pub(super) fn at(self, fare: u64, mut seed: Seed, now: Timestamp) -> u64 {
        // Each fare moves at a minute of its own.
        let moved = now.as_second().saturating_add(i64::from(seed.below(60 * 60)));
        let hour = moved.div_euclid(SECONDS_PER_STEP);
        let steps =
            (0..STEPS).map(|back| seed.with(&(hour - i64::from(back)).to_be_bytes()).between(-1.0, 1.0));
        let per_million = 1_000_000.0 + self.percent * 10_000.0 * steps.sum::<f64>() / f64::from(STEPS);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "500,000 to 1,500,000")]
        let per_million = per_million.round() as u64;
        fare.saturating_mul(per_million) / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fares(percent: f64, name: &str, hours: std::ops::Range<i64>) -> Vec<u64> {
        let seed = Seed::of(&[name.as_bytes()]);
        let at = |hour: i64| Timestamp::from_second(1_796_688_000 + hour * SECONDS_PER_STEP).unwrap();
        hours.map(|hour| Drift::new(percent).unwrap().at(1_000_000, seed, at(hour))).collect()
    }

    #[test]
    fn the_fares_are_the_same_in_every_release() {
        let known = [1_015_270, 1_008_803, 1_031_107, 1_037_283, 1_042_447, 1_047_707];
        assert_eq!(fares(10.0, "GA402", 0..6), known);
        assert_ne!(fares(10.0, "GA403", 0..6), known);
        assert_eq!(fares(0.0, "GA402", 0..2), [1_000_000; 2]);
    }

    #[test]
    fn a_fare_moves_a_little_each_hour_and_stays_near_its_level() {
        let fares = fares(10.0, "GA402", 0..1000);
        assert!(fares.iter().all(|fare| (900_000..=1_100_000).contains(fare)));
        // One of six steps is replaced: two thirds of the way from one end to the other at the most.
        assert!(fares.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 33_334 && pair[0] != pair[1]));
    }

    #[test]
    fn a_fare_stands_still_between_its_steps() {
        let seed = Seed::of(&[b"GA402"]);
        let at =
            |second| Drift { percent: 10.0 }.at(1_000_000, seed, Timestamp::from_second(second).unwrap());
        let moves = (0..2 * SECONDS_PER_STEP).filter(|second| at(*second) != at(second + 1)).count();
        assert_eq!(moves, 2);
    }
}
