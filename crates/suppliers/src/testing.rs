//! What the unit tests share.

use contracts::SearchQuery;

/// A search for 2 passengers on 2025-07-10.
pub(crate) fn query(origin: &str, destination: &str) -> SearchQuery {
    query_on("2025-07-10", origin, destination, 2)
}

/// A search.
pub(crate) fn query_on(date: &str, origin: &str, destination: &str, passengers: u64) -> SearchQuery {
    SearchQuery::one_way(
        origin.parse().unwrap(),
        destination.parse().unwrap(),
        date.parse().unwrap(),
        passengers.try_into().unwrap(),
    )
    .unwrap()
}
