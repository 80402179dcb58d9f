//! Searches, as defined by [`SearchFields`].

mod code;
mod date;
mod field;
mod fingerprint;
mod id;
mod idempotency;
mod passengers;
mod query;
mod request;
mod status;
mod suppliers;
mod timeout;

pub use code::{IataCode, InvalidIataCode};
pub use date::{InvalidTravelDate, TravelDate};
pub use field::{FieldSource, InvalidField, SearchField};
pub use fingerprint::Fingerprint;
pub use id::{InvalidSearchId, SearchId};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use passengers::{InvalidPassengers, Passengers};
pub use query::{DEFINITION_VERSION, Route, SamePlace, SearchFields, SearchQuery};
pub use request::{InvalidRequest, RequestedCodes, SearchRequest};
pub use status::{EndStatus, InvalidStatus, SearchStatus};
pub use suppliers::SupplierSelection;
pub use timeout::{InvalidTimeout, SearchTimeout};
