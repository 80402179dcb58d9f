//! The price of a flight.

use jiff::civil::{Date, Weekday};

use super::seed::Seed;

/// The price is a base plus a part for the distance that grows more slowly than the distance. In whole rupiah.
const BASE_IDR: f64 = 300_000.0;
const PER_KM_IDR: f64 = 2_600.0;
const DISTANCE_EXPONENT: f64 = 0.85;

/// Prices are rounded to this many rupiah.
const ROUNDED_TO_IDR: u32 = 1_000;

/// The discount factor for a connection.
const CONNECTION_FACTOR: f64 = 0.92;

/// The prices of a carrier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fares {
    level: f64,
}

impl Fares {
    /// Prices at `level` times the average.
    pub(super) fn new(level: f64) -> Self {
        Self { level }
    }

    /// The fare for one passenger in whole rupiah. `seed` belongs to the flight and its date.
    pub(super) fn fare(
        self,
        km: f64,
        connects: bool,
        date: Date,
        minute_of_day: u32,
        seed: &mut Seed,
    ) -> u64 {
        let distance = BASE_IDR + PER_KM_IDR * km.powf(DISTANCE_EXPONENT);
        let connection = if connects { CONNECTION_FACTOR } else { 1.0 };
        let demand = season(date) * weekday(date) * time_of_day(minute_of_day) * seed.between(0.88, 1.12);
        let steps = (distance * connection * demand * self.level / f64::from(ROUNDED_TO_IDR)).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
        let steps = steps.clamp(1.0, f64::from(u32::MAX)) as u32;
        u64::from(steps) * u64::from(ROUNDED_TO_IDR)
    }
}

fn season(date: Date) -> f64 {
    match date.month() {
        6 | 7 => 1.12,
        12 => 1.22,
        2 | 9 | 11 => 0.94,
        _ => 1.0,
    }
}

fn weekday(date: Date) -> f64 {
    match date.weekday() {
        Weekday::Friday | Weekday::Sunday => 1.12,
        Weekday::Tuesday | Weekday::Wednesday => 0.95,
        _ => 1.0,
    }
}

fn time_of_day(minute: u32) -> f64 {
    match minute / 60 {
        ..7 => 0.88,
        7..10 | 16..20 => 1.08,
        _ => 1.0,
    }
}
