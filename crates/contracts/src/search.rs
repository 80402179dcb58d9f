//! Searches, as defined by [`SearchQuery`].

mod ages;
mod cabin;
mod clock_time;
mod code;
mod code_json;
mod currency;
mod date;
mod field;
mod field_order;
mod fingerprint;
mod id;
mod idempotency;
mod json_object;
mod passengers;
mod query;
mod request;
mod route;
mod slice;
mod slices_json;
mod status;
mod suppliers;
mod timeout;
mod whole_number;

pub use ages::{Ages, ChildAge, ChildAges, InfantAge, InfantAges};
pub use clock_time::{ClockTime, InvalidClockTime};
pub use code::{IataCode, InvalidIataCode};
pub use date::{InvalidTravelDate, TravelDate};
pub use field::{FieldSource, InvalidField, InvalidParts, JsonField, SearchField};
pub use field_order::sort_by_field;
pub use fingerprint::Fingerprint;
pub use id::{InvalidSearchId, SearchId};
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use passengers::{Adults, InvalidPassengers, Passengers, Seats};
pub use query::{DEFINITION_VERSION, ReadableTrip, SearchQuery};
pub use request::{InvalidRequest, RequestedCodes, SearchRequest};
pub use route::Route;
pub use slice::{EndsBeforeItBegins, InvalidSlices, MAX_SLICES, SamePlace, Slice, Slices, TimeWindow, Trip};
pub use status::{EndStatus, InvalidStatus, SearchStatus};
pub use suppliers::SupplierSelection;
pub use timeout::{InvalidTimeout, SearchTimeout};
pub use whole_number::{OutOfRange, WholeNumber};

/// How many stops a slice may have, 0 to 3.
pub type MaxStops = WholeNumber<0, 3>;
