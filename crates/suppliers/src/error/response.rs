/// Why a supplier's response can't be read, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResponseError {
    /// Invalid JSON before or between the offers.
    #[error("invalid JSON at byte {at}")]
    InvalidJson {
        /// The offset of the unexpected byte.
        at: usize,
    },
    /// Invalid JSON within an offer.
    #[error("invalid JSON in an offer: {0}")]
    InvalidOfferJson(#[from] serde_json::Error),
    /// The body ended inside the JSON document.
    #[error("the JSON ends too early")]
    Truncated,
    /// The body has no list of offers where it should be.
    #[error("there is no list of offers at `{pointer}`")]
    MissingList {
        /// The JSON Pointer to the list.
        pointer: String,
    },
    /// The list has more offers than are read.
    #[error("there are more than {limit} offers")]
    TooManyOffers {
        /// The most offers that are read.
        limit: usize,
    },
    /// An offer is longer than allowed.
    #[error("offer {index}: is longer than {limit} bytes")]
    OfferTooLong {
        /// The offer's index in the list.
        index: usize,
        /// The longest offer that is read, in bytes.
        limit: usize,
    },
    /// An offer does not have the documented structure.
    #[error("offer {index}: `{path}`: {problem}")]
    UnexpectedShape {
        /// The offer's index in the list.
        index: usize,
        /// Where in the offer, such as `slices[0].segments`.
        path: String,
        /// What was expected and what was found.
        problem: String,
    },
    /// A field of an offer has an invalid value.
    #[error("offer {index}: {name} (`{field}`) {problem}")]
    InvalidField {
        /// The offer's index in the list.
        index: usize,
        /// The field of [`contracts::Offer`] that it is read for.
        name: &'static str,
        /// The field's name or JSON Pointers in the response.
        field: String,
        /// What is wrong with the value.
        problem: FieldProblem,
    },
}

/// What is wrong with the value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldProblem {
    #[error("is missing")]
    Missing,
    #[error("is empty")]
    Empty,
    #[error("has more elements than an offer may have")]
    TooMany,
    #[error("is not a text")]
    NotText,
    /// A flight whose carrier is not told otherwise.
    #[error("does not begin with a carrier's code, and there is no carrier")]
    NoCarrier,
    #[error("is not an amount")]
    NotAmount,
    #[error("is not a small whole number")]
    NotCount,
    #[error("is not true or false")]
    NotFlag,
    #[error("is not economy, premium_economy, business or first")]
    NotCabin,
    #[error("is not a date and time with an offset")]
    NotInstant,
    #[error("is not an IATA code")]
    NotAirport,
    #[error("is not an ISO 4217 code")]
    NotCurrency,
    #[error("is not a date and time")]
    NotTime,
    /// A local time at an airport whose time zone is unknown.
    #[error("has no offset, and the airport's time zone is unknown")]
    NoTimeZone,
    #[error("is before the departure or more than 7 days after it")]
    NotAfterDeparture,
}
