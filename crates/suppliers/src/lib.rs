//! The flight suppliers, and how to call them without one supplier slowing down the others.
//!
//! A [`Registry`] is set up from a suppliers file. It has a [`SupplierClient`] per supplier, which answers searches:
//!
//! ```no_run
//! # use contracts::{SearchId, SearchQuery};
//! # use suppliers::{Registry, RegistryOptions, RegistryError};
//! # async fn example(query: &SearchQuery) -> Result<(), RegistryError> {
//! let airports = std::sync::Arc::new(airports::Airports::embedded());
//! let registry = Registry::embedded(RegistryOptions::default(), &airports)?;
//! let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
//! for client in registry.select(&[]) {
//!     let answer = client.ask(SearchId::random(), query, deadline, &traces::Span::none()).await;
//!     println!("{}: {} offers", answer.report.name, answer.offers.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | module | what it does |
//! | --- | --- |
//! | `registry` | all suppliers; selects those that a search asks |
//! | `client` | calls one supplier: queue, limits, timeout, retries, circuit breaker |
//! | `capabilities` | what a supplier sells; it is not asked for anything else |
//! | `kinds` | the implementations: `http`, `duffel`, `simulated` |
//! | `supplier` | the trait that they implement |
//! | `file` | reads and checks the suppliers file |
//! | `options` | settings from outside the file |
//! | `offers` | checks offers and keeps the cheapest |
//! | `http_client` | HTTP: connections, redirects, statuses, `Retry-After` |
//! | `response` | reads a response offer by offer, while it arrives |
//! | `memory_budget` | bounds the memory for long responses |
//! | `parts` | parts of offers that are left out |
//! | `parse` | amounts, currencies and times |
//! | `transcript` | what one call sent, received and read |
//! | `error` | what can go wrong with a supplier |
//! | `metrics` | what is measured of each supplier |
//!
//! A supplier sees the search and its deadline, and nothing else: no Redis, no other suppliers.

mod capabilities;
mod client;
mod error;
mod file;
mod http_client;
mod kinds;
mod memory_budget;
mod metrics;
mod offers;
mod options;
mod parse;
mod parts;
mod registry;
mod response;
mod supplier;
#[cfg(test)]
mod testing;
mod transcript;

pub use client::{SupplierClient, SupplierHealth, Trial, TrialOutcome};
pub use file::error::RegistryError;
pub use options::{InvalidLatencyRange, LatencyRange, RegistryOptions};
pub use registry::Registry;
pub use transcript::{LeftOut, Received, Sent, Transcript};
