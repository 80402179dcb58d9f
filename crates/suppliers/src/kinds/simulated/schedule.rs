//! The flights of a carrier on a day.
//!
//! The timetable is the same every day: each flight of a route has a number and a departure time. The date decides
//! which flights operate, and their prices. A connection is a flight to the hub and, after a layover, a flight from
//! there.

use contracts::{
    IataCode, LocalTime, Offer, SearchQuery, SupplierCode,
    offer::{DEFAULT_CURRENCY, OfferId},
};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};

use super::{
    fare::Fares,
    network::{Network, Route},
    seed::Seed,
};

/// The cruising speed.
const CRUISE_KM_PER_MINUTE: f64 = 830.0 / 60.0;

/// The additional time for taxiing, climbing and descending.
const GROUND_MINUTES: f64 = 35.0;

/// Times in the timetable are multiples of this.
const STEP_MINUTES: u32 = 5;

/// The first and last departure, in minutes after midnight.
const FIRST_MINUTE: u32 = 5 * 60;
const LAST_MINUTE: u32 = 22 * 60;

/// A simulated carrier.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) code: SupplierCode,
    pub(super) name: String,
    pub(super) network: Network,
    pub(super) fares: Fares,
}

/// One flight of the timetable.
struct Flight {
    number: String,
    /// Local time at the origin, in minutes after midnight.
    departure: u32,
    minutes: u32,
}

impl Carrier {
    /// Adds the carrier's flights between two airports on the date of `query`.
    pub(super) fn flights(
        &self,
        origin: IataCode,
        destination: IataCode,
        query: &SearchQuery,
        offers: &mut Vec<Offer>,
    ) {
        let Some(route) = self.network.route(origin, destination) else { return };
        let date = query.first().date().civil();
        let seed = self.seed(origin, destination);
        let mut day = seed.with(&date_bytes(date));
        let count = daily_flights(&route, seed);
        for slot in 0..count {
            // The first flight operates every day, so every route has an offer.
            if slot > 0 && day.below(100) >= 85 {
                continue;
            }
            let flight = self.flight(&route, seed, slot, count);
            let fare = self.fares.fare(route.km(), route.via.is_some(), date, flight.departure, &mut day);
            let total = fare * u64::from(query.passengers.seats());
            offers.extend(self.offer(&route, date, flight, total));
        }
    }

    fn seed(&self, origin: IataCode, destination: IataCode) -> Seed {
        Seed::of(&[self.code.as_str().as_bytes(), origin.as_bytes(), destination.as_bytes()])
    }

    fn flight(&self, route: &Route<'_>, seed: Seed, slot: u32, count: u32) -> Flight {
        let mut line = seed.with(&slot.to_be_bytes());
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

    /// Flight numbers of a route are two apart: the one between is the return flight's.
    fn number(&self, mut route: Seed, slot: u32) -> String {
        format!("{}{}", self.code, 100 + route.below(880) + 2 * slot)
    }

    /// `None` only at the end of the calendar, in the year 9999.
    fn offer(&self, route: &Route<'_>, date: Date, flight: Flight, price: u64) -> Option<Offer> {
        let hour = i8::try_from(flight.departure / 60).ok()?;
        let minute = i8::try_from(flight.departure % 60).ok()?;
        let leaves = date.at(hour, minute, 0, 0);
        let leaves = route.origin.zone.to_ambiguous_timestamp(leaves).compatible().ok()?;
        let lands = leaves.checked_add(SignedDuration::from_mins(flight.minutes.into())).ok()?;
        Some(Offer {
            flight_number: flight.number,
            price,
            currency: DEFAULT_CURRENCY.to_owned(),
            carrier: self.name.clone(),
            origin: route.origin.airport.code,
            destination: route.destination.airport.code,
            departure: local(&route.origin.zone, leaves),
            arrival: local(&route.destination.zone, lands),
            duration_minutes: flight.minutes,
            stops: route.via.is_some().into(),
            suppliers: Vec::new(),
            id: OfferId::default(),
        })
    }
}

fn local(zone: &TimeZone, at: jiff::Timestamp) -> LocalTime {
    LocalTime::new(at, zone.to_offset(at))
}

/// The number of flights a day: short routes have more.
fn daily_flights(route: &Route<'_>, mut seed: Seed) -> u32 {
    match route.km() {
        _ if route.via.is_some() => 1 + seed.below(3),
        ..1500.0 => 3 + seed.below(4),
        ..6000.0 => 1 + seed.below(3),
        _ => 1 + seed.below(2),
    }
}

/// The time from gate to gate.
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
