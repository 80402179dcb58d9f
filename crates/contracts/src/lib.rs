//! The wire contract of flight-search, shared by the gateway and the worker.
//!
//! | module | content |
//! | --- | --- |
//! | [`search`] | the definition of a search, [`SearchQuery`]; the POST body; statuses |
//! | [`money`] | exact amounts, currencies, exchange rates |
//! | [`offer`] | an offer: an itinerary and its prices |
//! | [`supplier`] | suppliers and their reports |
//! | [`check`] | price checks: what one seller asks for one offer now |
//! | [`outcome`] | the result of a search: merges and ranks the suppliers' offers |
//! | [`entry`] | stream entries and records in Redis |
//! | [`names`] | names of streams, groups, keys and fields |
//! | [`envelope`] | the JSON envelope of HTTP responses |
//! | [`event`] | the Server-Sent Events |
//! | [`trace`] | the trace that a search belongs to |
//! | [`operators`] | the JSON of the operators' API |
//!
//! Codes, ids, dates, numbers, slices and passengers are always valid: their fields are private, and only `FromStr` and
//! `TryFrom` create them. Reports, offers and outcomes are plain data. This crate does no I/O.

mod cabin;
pub mod check;
pub mod entry;
pub mod envelope;
pub mod event;
mod field_error;
pub mod money;
pub mod names;
pub mod offer;
#[cfg(feature = "openapi")]
mod openapi;
pub mod operators;
pub mod outcome;
#[cfg(test)]
mod samples;
#[cfg(feature = "openapi")]
mod schema;
pub mod search;
mod size;
pub mod supplier;
mod time;
pub mod trace;

pub use cabin::{Cabin, InvalidCabin};
pub use check::PriceCheck;
pub use field_error::FieldError;
pub use money::{Amount, Currency, ExchangeRates};
pub use offer::{LocalTime, Offer};
pub use search::{
    EndStatus, Fingerprint, IataCode, IdempotencyKey, Passengers, SearchId, SearchQuery, SearchRequest,
    SearchStatus, SearchTimeout, SupplierSelection, TravelDate,
};
pub use size::MAX_OFFERS_BYTES;
pub use supplier::{SupplierCode, SupplierListing, SupplierReport, SupplierStatus};
pub use time::EpochMillis;
pub use trace::TraceContext;
