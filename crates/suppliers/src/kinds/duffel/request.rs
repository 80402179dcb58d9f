//! The request for offers.

use std::time::Duration;

use contracts::{
    Cabin, IataCode, SearchQuery, TravelDate,
    search::{ClockTime, MaxStops, TimeWindow},
};
use serde::Serialize;

/// The range of `supplier_timeout`; Duffel ignores other values.
const SUPPLIER_TIMEOUT_MS: (u64, u64) = (2_000, 60_000);

/// Duffel stops waiting for airlines this long before our own timeout, so that its response arrives in time.
const MARGIN: Duration = Duration::from_secs(1);

/// For how long Duffel waits for airlines, in milliseconds, if our call has `time_left`.
pub(super) fn supplier_timeout_ms(time_left: Duration) -> u64 {
    let millis = u64::try_from(time_left.saturating_sub(MARGIN).as_millis()).unwrap_or(u64::MAX);
    millis.clamp(SUPPLIER_TIMEOUT_MS.0, SUPPLIER_TIMEOUT_MS.1)
}

/// The body of an offer request.
#[derive(Serialize)]
pub(super) struct OfferRequest {
    data: Data,
}

#[derive(Serialize)]
struct Data {
    slices: Vec<Slice>,
    passengers: Vec<Passenger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cabin_class: Option<Cabin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connections: Option<u8>,
}

#[derive(Serialize)]
struct Slice {
    origin: IataCode,
    destination: IataCode,
    departure_date: TravelDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    departure_time: Option<TimeRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrival_time: Option<TimeRange>,
}

/// A period of the day. Duffel needs both its ends.
#[derive(Serialize)]
struct TimeRange {
    from: String,
    to: String,
}

impl TimeRange {
    /// `None` for the whole day.
    fn of(window: TimeWindow) -> Option<Self> {
        let end = |bound: Option<ClockTime>, otherwise: &str| bound.map_or(otherwise.to_owned(), Into::into);
        (!window.is_open())
            .then(|| Self { from: end(window.earliest(), "00:00"), to: end(window.latest(), "23:59") })
    }
}

/// An adult by type; children and infants by age, as Duffel wants it.
#[derive(Clone, Serialize)]
#[serde(untagged)]
enum Passenger {
    Adult {
        #[serde(rename = "type")]
        kind: &'static str,
    },
    Aged {
        age: u8,
    },
}

impl OfferRequest {
    /// The request for a search. `cabin` and `max_connections` are used where the search wants none.
    pub(super) fn new(query: &SearchQuery, cabin: Option<Cabin>, max_connections: Option<u8>) -> Self {
        let slice = |slice: &contracts::search::Slice| Slice {
            origin: slice.origin(),
            destination: slice.destination(),
            departure_date: slice.date(),
            departure_time: TimeRange::of(slice.departure()),
            arrival_time: TimeRange::of(slice.arrival()),
        };
        let SearchQuery { slices, passengers, cabin: wanted, max_stops, currency: _ } = query;
        let adults = std::iter::repeat_n(Passenger::Adult { kind: "adult" }, passengers.adults().into());
        let ages = passengers.children().iter().map(|age| age.get());
        let ages = ages.chain(passengers.infants().iter().map(|age| age.get()));
        let data = Data {
            slices: slices.iter().map(slice).collect(),
            passengers: adults.chain(ages.map(|age| Passenger::Aged { age })).collect(),
            cabin_class: wanted.or(cabin),
            max_connections: max_stops.map(MaxStops::get).or(max_connections),
        };
        Self { data }
    }
}
