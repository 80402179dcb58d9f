//! The wire contract of flight-search, shared by the gateway and the worker.
//!
//! | module | what it fixes |
//! | --- | --- |
//! | [`search`] | what a search is, defined once: [`SearchFields`], and with it the POST body; its statuses |
//! | [`offer`] | what an answer is: one itinerary at one price |
//! | [`supplier`] | who answered, how, and after how long |
//! | [`outcome`] | what a search ends with: merging suppliers' offers into its result |
//! | [`entry`] | what stands in the Redis streams and the records |
//! | [`names`] | how streams, groups, keys and fields are called |
//! | [`envelope`] | the JSON around every HTTP answer |
//! | [`event`] | the Server-Sent Events a client receives |
//!
//! A code, id, date, number or [`SearchQuery`] from here is valid: its field is private, and it is made by `FromStr` or
//! `TryFrom`. Reports, offers and outcomes are plain data. Nothing in this crate does I/O.

pub mod entry;
pub mod envelope;
pub mod event;
pub mod names;
pub mod offer;
#[cfg(feature = "openapi")]
mod openapi;
pub mod outcome;
pub mod search;
pub mod supplier;
mod time;
mod weight;

pub use envelope::FieldError;
pub use offer::{LocalTime, Offer};
pub use search::{
    EndStatus, Fingerprint, IataCode, IdempotencyKey, Passengers, SearchFields, SearchId, SearchQuery,
    SearchRequest, SearchStatus, SearchTimeout, SupplierSelection, TravelDate,
};
pub use supplier::{SupplierCode, SupplierListing, SupplierReport, SupplierStatus};
pub use time::EpochMillis;
pub use weight::MOST_BYTES;
