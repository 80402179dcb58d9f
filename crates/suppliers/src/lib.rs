//! Who can be asked for flights, and how they are asked without one holding the rest back.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`supplier`] | the trait: a query in, offers or an error out |
//! | [`desk`] | asks one supplier: timeout, retries, and what keeps it from harming the others |
//! | `breaker`, `limits` | when it is left alone, and how much it gets at once and in a while |
//! | [`registry`] | all desks, built from a TOML file; a default set is compiled in |
//! | [`http`] | a JSON API that the file describes |
//! | [`duffel`] | the Duffel Flights API |
//! | [`found`] | what a supplier offers: each offer checked, the cheapest kept |
//! | `answer` | reads a long answer offer by offer, within a budget of memory |
//! | `complaints` | how often the log says what is wrong |
//! | `client`, `values`, `malformed`, `secrets` | what else the kinds that ask over HTTP have in common |
//! | [`simulated`] | carriers that fly by timetable and answer as slowly as real ones |
//!
//! A supplier knows the query and a deadline, and nothing of Redis or of who else is asked.

mod answer;
mod breaker;
mod client;
mod complaints;
pub mod config;
pub mod desk;
pub mod duffel;
pub mod found;
pub mod http;
mod limits;
pub mod malformed;
pub mod registry;
mod secrets;
pub mod simulated;
pub mod supplier;
mod values;

pub use config::{Options, RegistryError};
pub use desk::Desk;
pub use found::Found;
pub use malformed::Malformed;
pub use registry::Registry;
pub use simulated::LatencyRange;
pub use supplier::{Retry, Supplier, SupplierError};
