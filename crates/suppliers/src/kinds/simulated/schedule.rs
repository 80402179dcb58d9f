//! Which flights leave on a day.
//!
//! A carrier's timetable is the same every day: so many flights on a route, each with its number and its time.
//! The day decides which of them fly, and at what price. A connection takes the flight to the hub and, after a
//! while there, one onwards.

use contracts::{IataCode, LocalTime, Offer, SearchQuery, SupplierCode};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};

use super::{
    fare::Fares,
    network::{Network, Route},
    seed::Seed,
};

/// Speed once under way.
const CRUISE_KM_PER_MINUTE: f64 = 830.0 / 60.0;

/// Taxiing, climbing, descending.
const GROUND_MINUTES: f64 = 35.0;

/// Timetables know no other minutes than multiples of this.
const STEP_MINUTES: u32 = 5;

/// The first and the last departure of a day, in minutes after midnight.
const FIRST_MINUTE: u32 = 5 * 60;
const LAST_MINUTE: u32 = 22 * 60;

/// A simulated carrier: where it flies, and for how much.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) code: SupplierCode,
    pub(super) name: String,
    pub(super) network: Network,
    pub(super) fares: Fares,
}

/// One line of the timetable.
struct Flight {
    number: String,
    /// Minutes after midnight, at the origin.
    departure: u32,
    minutes: u32,
}

impl Carrier {
    /// Adds what the carrier flies from one airport to another on the day of `query`.
    pub(super) fn flights(
        &self,
        origin: IataCode,
        destination: IataCode,
        query: &SearchQuery,
        offers: &mut Vec<Offer>,
    ) {
        let Some(route) = self.network.route(origin, destination) else { return };
        let date = query.date.civil();
        let seed = self.seed(origin, destination);
        let mut day = seed.and(&date_bytes(date));
        let count = daily_flights(&route, seed);
        for slot in 0..count {
            // The first always flies: a route that is flown has an offer every day.
            if slot > 0 && day.below(100) >= 85 {
                continue;
            }
            let flight = self.flight(&route, seed, slot, count);
            let fare = self.fares.fare(route.km(), route.via.is_some(), date, flight.departure, &mut day);
            let total = fare * u64::from(query.passengers.get());
            offers.extend(self.offer(&route, date, flight, total));
        }
    }

    fn seed(&self, origin: IataCode, destination: IataCode) -> Seed {
        Seed::of(&[self.code.as_str().as_bytes(), origin.as_bytes(), destination.as_bytes()])
    }

    fn flight(&self, route: &Route<'_>, seed: Seed, slot: u32, count: u32) -> Flight {
        let mut line = seed.and(&slot.to_be_bytes());
        let width = (LAST_MINUTE - FIRST_MINUTE) / count;
        let departure = (FIRST_MINUTE + slot * width + line.below(width)) / STEP_MINUTES * STEP_MINUTES;
        let number = self.number(seed, slot);
        let first = block_minutes(route.first_km);
        let Some((hub, km)) = route.via else { return Flight { number, departure, minutes: first } };
        let onward = self.seed(hub.airport.code, route.destination.airport.code);
        let wait = (60 + line.below(150)) / STEP_MINUTES * STEP_MINUTES;
        let number = format!("{number}/{}", self.number(onward, line.below(3)));
        Flight { number, departure, minutes: first + wait + block_minutes(km) }
    }

    /// Three digits, two apart on a route, as the way back has the number between.
    fn number(&self, mut route: Seed, slot: u32) -> String {
        format!("{}{}", self.code, 100 + route.below(880) + 2 * slot)
    }

    /// `None` only at the end of the calendar.
    fn offer(&self, route: &Route<'_>, date: Date, flight: Flight, price: u64) -> Option<Offer> {
        let hour = i8::try_from(flight.departure / 60).ok()?;
        let minute = i8::try_from(flight.departure % 60).ok()?;
        let leaves = date.at(hour, minute, 0, 0);
        let leaves = route.origin.zone.to_ambiguous_timestamp(leaves).compatible().ok()?;
        let lands = leaves.checked_add(SignedDuration::from_mins(flight.minutes.into())).ok()?;
        Some(Offer {
            flight_number: flight.number,
            price,
            currency: "IDR".to_owned(),
            carrier: self.name.clone(),
            origin: route.origin.airport.code,
            destination: route.destination.airport.code,
            departure: local(&route.origin.zone, leaves),
            arrival: local(&route.destination.zone, lands),
            duration_minutes: flight.minutes,
            stops: route.via.is_some().into(),
            suppliers: Vec::new(),
        })
    }
}

fn local(zone: &TimeZone, at: jiff::Timestamp) -> LocalTime {
    LocalTime::new(at, zone.to_offset(at))
}

/// Short routes are flown often, long ones once or twice a day.
fn daily_flights(route: &Route<'_>, mut seed: Seed) -> u32 {
    match route.km() {
        _ if route.via.is_some() => 1 + seed.below(3),
        ..1500.0 => 3 + seed.below(4),
        ..6000.0 => 1 + seed.below(3),
        _ => 1 + seed.below(2),
    }
}

/// From gate to gate, as a timetable has it.
fn block_minutes(km: f64) -> u32 {
    let steps = ((km / CRUISE_KM_PER_MINUTE + GROUND_MINUTES) / f64::from(STEP_MINUTES)).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the globe is small: below 400"
    )]
    let steps = steps as u32;
    steps * STEP_MINUTES
}

fn date_bytes(date: Date) -> [u8; 4] {
    let [high, low] = date.year().to_be_bytes();
    [high, low, date.month().unsigned_abs(), date.day().unsigned_abs()]
}
