//! The trips that a carrier sells: its departures of each slice, combined.

use contracts::{
    Cabin, Offer, SearchQuery,
    offer::{OfferId, Price, Slice},
    search::Passengers,
};

use super::schedule::{Carrier, Departure};

/// Only the cheapest offers of a search are returned.
pub(super) const MAX_OFFERS: usize = 6;

/// How many beginnings of trips are combined with the departures of the next slice: more than [`MAX_OFFERS`], because some
/// may land too late for it.
const MAX_BEGINNINGS: usize = 64;

/// The least time between two slices on one day.
const MIN_STAY_MINUTES: i64 = 60;

/// What a child and an infant pay, in percent of an adult's fare.
const CHILD_PERCENT: u64 = 75;
const INFANT_PERCENT: u64 = 10;

/// The slices of a trip so far, and what an adult pays for them in economy.
#[derive(Clone, Default)]
struct Trip {
    slices: Vec<Slice>,
    fare: u64,
}

/// The cheapest trips with one of the departures of each slice. `prices` are those of a trip whose cheapest fare for all
/// passengers is so many rupiah and that has this name.
pub(super) fn offers(
    carrier: &Carrier,
    departures: &[Vec<Departure>],
    query: &SearchQuery,
    prices: impl Fn(u64, &str) -> Vec<Price>,
) -> Vec<Offer> {
    let mut trips = vec![Trip::default()];
    for (slice, departures) in query.slices.iter().zip(departures) {
        let wanted = departures.iter().filter(|departure| {
            let Slice { departure, arrival, stops, .. } = &departure.slice;
            slice.departure().contains(departure.minute_of_day())
                && slice.arrival().contains(arrival.minute_of_day())
                && query.max_stops.is_none_or(|most| *stops <= most.get())
        });
        let wanted: Vec<_> = wanted.collect();
        trips = trips.iter().flat_map(|trip| wanted.iter().filter_map(|next| trip.with(next))).collect();
        trips.sort_by_key(|trip| (trip.fare, trip.slices.last().map(|slice| slice.departure.timestamp())));
        trips.truncate(MAX_BEGINNINGS);
    }
    trips.truncate(MAX_OFFERS);
    trips.into_iter().filter_map(|trip| offer(carrier, trip, query, &prices)).collect()
}

impl Trip {
    /// The same and one more slice, if it leaves late enough.
    fn with(&self, next: &Departure) -> Option<Self> {
        if let Some(last) = self.slices.last() {
            let stay = next.slice.departure.timestamp().duration_since(last.arrival.timestamp());
            if stay.as_mins() < MIN_STAY_MINUTES {
                return None;
            }
        }
        let mut trip = self.clone();
        trip.slices.push(next.slice.clone());
        trip.fare += next.fare;
        Some(trip)
    }
}

fn offer(
    carrier: &Carrier,
    trip: Trip,
    query: &SearchQuery,
    prices: impl Fn(u64, &str) -> Vec<Price>,
) -> Option<Offer> {
    let cabin = query.cabin.unwrap_or_default();
    let Trip { mut slices, fare } = trip;
    for segment in slices.iter_mut().flat_map(|slice| &mut slice.segments) {
        segment.cabin = Some(cabin);
    }
    let numbers = |slice: &Slice| {
        let numbers =
            slice.segments.iter().map(|segment| format!("{}{}", segment.carrier, segment.flight_number));
        numbers.collect::<Vec<_>>().join("/")
    };
    let reference = slices.iter().map(|slice| format!("{}-{}", numbers(slice), slice.departure.date()));
    let reference = reference.collect::<Vec<_>>().join("-");
    let total = fare * percent_of_adult(&query.passengers) / 100 * cabin_percent(cabin) / 100;
    let mut prices = prices(total, &reference);
    let seats = u16::from(query.passengers.seats().get());
    for left in prices.iter_mut().filter_map(|price| price.seats_left.as_mut()) {
        *left = seats.max(*left);
    }
    let (first, best) = (slices.first()?, prices.first()?);
    Some(Offer {
        flight_number: numbers(first),
        price: best.total.units_rounded_up(),
        currency: best.currency,
        carrier: carrier.name.clone(),
        origin: first.origin,
        destination: first.destination,
        departure: first.departure,
        arrival: first.arrival,
        duration_minutes: first.duration_minutes,
        stops: first.stops,
        suppliers: Vec::new(),
        id: OfferId::default(),
        cabin: Some(cabin),
        slices,
        prices,
        comparable: true,
        best_rank: None,
    })
}

/// What all passengers pay, in percent of an adult's fare.
fn percent_of_adult(passengers: &Passengers) -> u64 {
    let count = |ages: usize| u64::try_from(ages).unwrap_or_default();
    u64::from(passengers.adults()) * 100
        + count(passengers.children().len()) * CHILD_PERCENT
        + count(passengers.infants().len()) * INFANT_PERCENT
}

/// The fare of a cabin, in percent of economy's.
fn cabin_percent(cabin: Cabin) -> u64 {
    match cabin {
        Cabin::Economy => 100,
        Cabin::PremiumEconomy => 160,
        Cabin::Business => 320,
        Cabin::First => 540,
    }
}
