//! Who can be asked for flights, and how they are asked without one holding the rest back.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`supplier`] | the trait: a query in, offers or an error out |
//! | [`desk`] | asks one supplier: timeout, retries, and what keeps it from harming the others |
//! | `breaker`, `limits` | when it is left alone, and how much it gets at once and in a while |
//! | [`registry`] | all desks, built from a TOML file; a default set is compiled in |
//! | [`simulated`] | carriers that fly by timetable and answer as slowly as real ones |
//!
//! A supplier knows the query and a deadline, and nothing of Redis or of who else is asked.

mod breaker;
pub mod config;
pub mod desk;
mod limits;
pub mod registry;
pub mod simulated;
pub mod supplier;

pub use config::{Options, RegistryError};
pub use desk::Desk;
pub use registry::Registry;
pub use simulated::LatencyRange;
pub use supplier::{Retry, Supplier, SupplierError};
