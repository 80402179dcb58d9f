use contracts::{Cabin, IataCode, LocalTime, offer::InvalidOffer};

use super::response::ResponseError;

/// Why an offer was rejected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RejectedOffer {
    /// It can't be read.
    #[error(transparent)]
    Unreadable(#[from] ResponseError),
    /// It breaks a rule that every offer must follow.
    #[error("offer {index}: {problem}")]
    Invalid {
        /// The offer's index in the list.
        index: usize,
        /// The rule.
        problem: InvalidOffer,
    },
    /// It is valid, but for another search.
    #[error("offer {index}: {mismatch}")]
    Mismatch {
        /// The offer's index in the list.
        index: usize,
        /// What differs from the search.
        mismatch: Mismatch,
    },
}

/// What of an offer does not match the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mismatch {
    #[error("its origin {0} was not searched for")]
    Origin(IataCode),
    #[error("its destination {0} was not searched for")]
    Destination(IataCode),
    #[error("it has {0} slices, not as many as were searched for")]
    Slices(usize),
    #[error("it departs on {0}, more than a day from the date searched for")]
    Date(jiff::civil::Date),
    #[error("it departs at {0}, outside of the hours searched for")]
    Departure(LocalTime),
    #[error("it arrives at {0}, outside of the hours searched for")]
    Arrival(LocalTime),
    #[error("it has {0} stops, more than searched for")]
    Stops(u8),
    #[error("it has a flight in {0}, a lower cabin than searched for")]
    Cabin(Cabin),
}
