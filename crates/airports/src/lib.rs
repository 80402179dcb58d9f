//! Every IATA airport and city code, compiled into the program.
//!
//! | module | content |
//! | --- | --- |
//! | `airport` | airports and cities |
//! | `lookup` | the airports of a code |
//! | `suggestion` | the likely correction of an unknown code |
//! | `search` | place autocomplete |
//! | `named` | the place that a name means |
//! | `distance` | distance between two airports |
//!
//! [`Airports::embedded`] reads the embedded files once; share the value with `Arc`. `data/README.md` has their sources.

mod airport;
mod data;
mod distance;
mod fold;
mod lookup;
mod named;
mod rows;
mod search;
mod suggestion;

pub use airport::{Airport, City};
pub use distance::distance_km;
pub use lookup::Airports;
pub use named::Named;
pub use search::{MAX_TEXT_CHARS, Match, PlaceKind};
