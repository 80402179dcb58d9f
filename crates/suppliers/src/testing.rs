//! What the unit tests share.

use contracts::{
    SearchQuery,
    search::{Adults, Slice, Slices},
};

/// A search for 2 passengers on 2025-07-10.
pub(crate) fn query(origin: &str, destination: &str) -> SearchQuery {
    query_on("2025-07-10", origin, destination, 2)
}

/// A search.
pub(crate) fn query_on(date: &str, origin: &str, destination: &str, passengers: u64) -> SearchQuery {
    let slice = Slice::new(origin.parse().unwrap(), destination.parse().unwrap(), date.parse().unwrap());
    let adults: Adults = passengers.try_into().unwrap();
    SearchQuery::new(Slices::one_way(slice.unwrap()), adults.into())
}
