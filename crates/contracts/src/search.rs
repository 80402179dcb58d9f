//! What a search is.

mod code;
mod date;
mod fingerprint;
mod id;
mod idempotency;
mod passengers;
mod request;

use serde::{Deserialize, Serialize};

pub use code::{IataCode, InvalidIataCode};
pub use date::{InvalidTravelDate, TravelDate};
pub use fingerprint::Fingerprint;
pub use id::{InvalidSearchId, SearchId};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use passengers::{InvalidPassengers, Passengers};
pub use request::{InvalidRequest, SearchRequest};

/// One way from origin to destination, on a day, for some passengers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SearchQuery {
    /// Airport or city to leave from.
    #[serde(rename = "from")]
    pub origin: IataCode,
    /// Airport or city to arrive at; never equal to `origin`.
    #[serde(rename = "to")]
    pub destination: IataCode,
    /// Day of departure, at the origin.
    pub date: TravelDate,
    /// How many travel.
    pub passengers: Passengers,
}
