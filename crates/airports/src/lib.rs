//! Every IATA airport and city code, compiled into the program.
//!
//! | module | what it answers |
//! | --- | --- |
//! | `airport` | what is known of an airport, a city |
//! | `lookup` | which airports a code stands for |
//! | `suggestion` | which code was meant by an unknown one |
//! | `search` | which places a text being typed may mean |
//! | `distance` | how far it is between two airports |
//!
//! [`Airports::embedded`] reads the embedded files once; the value is shared by `Arc` from then on. Where the
//! files come from is said in `data/README.md`.

mod airport;
mod data;
mod distance;
mod fold;
mod lookup;
mod rows;
mod search;
mod suggestion;

pub use airport::{Airport, City};
pub use distance::distance_km;
pub use lookup::Airports;
pub use search::{MAX_TEXT_CHARS, Match, PlaceKind};
