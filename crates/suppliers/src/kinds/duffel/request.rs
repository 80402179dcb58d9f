//! The request for offers.

use std::time::Duration;

use contracts::{IataCode, SearchQuery, TravelDate};
use serde::{Deserialize, Serialize};

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
    slices: [Slice; 1],
    passengers: Vec<Passenger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cabin_class: Option<CabinClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connections: Option<u8>,
}

#[derive(Serialize)]
struct Slice {
    origin: IataCode,
    destination: IataCode,
    departure_date: TravelDate,
}

#[derive(Clone, Serialize)]
struct Passenger {
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A cabin class, in the suppliers file and in the request.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CabinClass {
    Economy,
    PremiumEconomy,
    Business,
    First,
}

impl OfferRequest {
    /// One way, and all passengers are adults.
    pub(super) fn new(
        query: &SearchQuery,
        cabin_class: Option<CabinClass>,
        max_connections: Option<u8>,
    ) -> Self {
        let slice =
            Slice { origin: query.origin, destination: query.destination, departure_date: query.date };
        let passengers = vec![Passenger { kind: "adult" }; query.passengers.get().into()];
        Self { data: Data { slices: [slice], passengers, cabin_class, max_connections } }
    }
}
