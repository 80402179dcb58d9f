//! Who can be asked for flights, and how they are asked without one holding the rest back.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`supplier`] | the trait: a query in, offers or an error out |
//! | [`kinds`] | its implementations: `http`, `duffel`, `simulated` |
//! | [`client`] | asks one supplier: timeout, retries, circuit breaker, limits |
//! | [`registry`] | all clients, built from a TOML file; a default set is compiled in |
//! | [`file`] | reads that file |
//! | [`offers`] | what a supplier offers: each offer checked, the cheapest kept |
//! | `response` | reads a long answer offer by offer, within a budget of memory |
//! | `http_client`, `parse` | what else the kinds that ask over HTTP have in common |
//! | `log_throttle` | how often the log says what is wrong |
//!
//! A supplier knows the query and a deadline, and nothing of Redis or of who else is asked.

pub mod client;
pub mod error;
pub mod file;
mod http_client;
pub mod kinds;
mod log_throttle;
pub mod offers;
mod parse;
pub mod registry;
mod response;
pub mod supplier;

pub use client::Desk;
pub use error::response::Malformed;
pub use file::{Options, RegistryError};
pub use kinds::simulated::LatencyRange;
pub use offers::Found;
pub use registry::Registry;
pub use supplier::{Retry, Supplier, SupplierError};
