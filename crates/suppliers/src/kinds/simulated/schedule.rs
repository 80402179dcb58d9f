//! The flights of a carrier on a day.
//!
//! The timetable is the same every day: each flight of a route has a number and a departure time. The date decides
//! which flights operate, and their prices. A connection is a flight to the hub and, after a layover, a flight from
//! there.

use contracts::{
    IataCode, LocalTime, SupplierCode,
    offer::{Segment, Slice},
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    fare::Fares,
    network::{Network, Route, Station},
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
    /// The carrier that flies some of the flights from a hub to which this one brings the passengers.
    pub(super) codeshare: Option<SupplierCode>,
}

/// What a carrier flies on a day: a flight, or a connection of two.
pub(super) struct Departure {
    /// The slice, without cabins.
    pub(super) slice: Slice,
    /// The fare for an adult in economy, in whole rupiah.
    pub(super) fare: u64,
}

/// One flight of the timetable, or a connection of two.
struct Flight {
    /// Local time at the origin, in minutes after midnight.
    departure: u32,
    first: Leg,
    /// The layover at the hub, in minutes, and the flight from there.
    onward: Option<(u32, Leg)>,
}

/// A flight without a stop.
#[derive(Clone, Copy)]
struct Leg {
    number: u32,
    minutes: u32,
}

impl Carrier {
    /// Adds what the carrier flies between two airports on a date.
    pub(super) fn departures(
        &self,
        origin: IataCode,
        destination: IataCode,
        date: Date,
        departures: &mut Vec<Departure>,
    ) {
        let Some(route) = self.network.route(origin, destination) else { return };
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
            let slice = leaves(&route, date, flight.departure).and_then(|at| self.slice(&route, at, &flight));
            departures.extend(slice.map(|slice| Departure { slice, fare }));
        }
    }

    fn seed(&self, origin: IataCode, destination: IataCode) -> Seed {
        Seed::of(&[self.code.as_str().as_bytes(), origin.as_bytes(), destination.as_bytes()])
    }

    fn flight(&self, route: &Route<'_>, seed: Seed, slot: u32, count: u32) -> Flight {
        let mut line = seed.with(&slot.to_be_bytes());
        let width = (LAST_MINUTE - FIRST_MINUTE) / count;
        let departure = (FIRST_MINUTE + slot * width + line.below(width)) / STEP_MINUTES * STEP_MINUTES;
        let first = Leg { number: number(seed, slot), minutes: block_minutes(route.first_km) };
        let onward = route.via.map(|(hub, km)| {
            let onward = self.seed(hub.airport.code, route.destination.airport.code);
            let layover = (60 + line.below(150)) / STEP_MINUTES * STEP_MINUTES;
            (layover, Leg { number: number(onward, line.below(3)), minutes: block_minutes(km) })
        });
        Flight { departure, first, onward }
    }

    fn slice(&self, route: &Route<'_>, leaves: Timestamp, flight: &Flight) -> Option<Slice> {
        let after =
            |at: Timestamp, minutes: u32| at.checked_add(SignedDuration::from_mins(minutes.into())).ok();
        let (first, origin, destination) = (flight.first, route.origin, route.destination);
        let arrives = after(leaves, first.minutes)?;
        let segments = if let (Some((layover, onward)), Some((hub, km))) = (flight.onward, route.via) {
            let changes = after(arrives, layover)?;
            let lands = after(changes, onward.minutes)?;
            vec![
                self.segment(first, (origin, leaves), (hub, arrives), route.first_km),
                Segment {
                    operating_carrier: Some(self.operates_onward(onward).to_string()),
                    ..self.segment(onward, (hub, changes), (destination, lands), km)
                },
            ]
        } else {
            vec![self.segment(first, (origin, leaves), (destination, arrives), route.first_km)]
        };
        let minutes = first.minutes + flight.onward.map_or(0, |(layover, leg)| layover + leg.minutes);
        Some(Slice {
            origin: origin.airport.code,
            destination: destination.airport.code,
            departure: segments.first()?.departure,
            arrival: segments.last()?.arrival,
            duration_minutes: minutes,
            stops: u8::try_from(segments.len()).ok()? - 1,
            segments,
        })
    }

    fn segment(&self, leg: Leg, from: (&Station, Timestamp), to: (&Station, Timestamp), km: f64) -> Segment {
        let ((origin, leaves), (destination, lands)) = (from, to);
        Segment {
            carrier: self.code.to_string(),
            flight_number: leg.number.to_string(),
            operating_carrier: Some(self.code.to_string()),
            origin: origin.airport.code,
            origin_terminal: self.terminal(origin),
            destination: destination.airport.code,
            destination_terminal: self.terminal(destination),
            departure: local(origin, leaves),
            arrival: local(destination, lands),
            duration_minutes: leg.minutes,
            aircraft: Some(aircraft(km).to_owned()),
            cabin: None,
        }
    }

    /// Who flies a flight from a hub. Only these are codeshares, so that the carrier of an offer's first flight is its
    /// seller.
    fn operates_onward(&self, leg: Leg) -> &SupplierCode {
        let mut seed = Seed::of(&[self.code.as_str().as_bytes(), &leg.number.to_be_bytes(), b"codeshare"]);
        self.codeshare.as_ref().filter(|_| seed.below(2) == 0).unwrap_or(&self.code)
    }

    /// A carrier always uses the same terminal of an airport. Only its hubs have several.
    fn terminal(&self, station: &Station) -> Option<String> {
        let code = station.airport.code;
        let mut seed = Seed::of(&[self.code.as_str().as_bytes(), code.as_bytes(), b"terminal"]);
        station.is_hub.then(|| (1 + seed.below(3)).to_string())
    }
}

/// When a flight leaves that the timetable has at this minute of the day. `None` only at the end of the calendar, in the
/// year 9999.
fn leaves(route: &Route<'_>, date: Date, minute_of_day: u32) -> Option<Timestamp> {
    let (hour, minute) = (i8::try_from(minute_of_day / 60).ok()?, i8::try_from(minute_of_day % 60).ok()?);
    route.origin.zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0)).compatible().ok()
}

/// Flight numbers of a route are two apart: the one between is the return flight's.
fn number(mut route: Seed, slot: u32) -> u32 {
    100 + route.below(880) + 2 * slot
}

fn local(station: &Station, at: Timestamp) -> LocalTime {
    LocalTime::new(at, station.zone.to_offset(at))
}

/// The IATA code of the type of aircraft for a distance.
fn aircraft(km: f64) -> &'static str {
    match km {
        ..500.0 => "AT7",
        ..5000.0 => "738",
        ..9000.0 => "333",
        _ => "77W",
    }
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
