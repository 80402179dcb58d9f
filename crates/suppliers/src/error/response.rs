//! Why an answer can't be read.

/// Why an answer can't be read, and where in it.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// It is no JSON, as far as its list of offers is looked for.
    #[error("it is no JSON at byte {at}")]
    NoJson {
        /// The first byte that can't stand there.
        at: usize,
    },
    /// It is no JSON within an offer.
    #[error("it is no JSON in an offer: {0}")]
    Json(#[from] serde_json::Error),
    /// It stops before its JSON does.
    #[error("it ends too early")]
    Unfinished,
    /// An offer is JSON of another form.
    #[error("offer {index}: `{path}`: {problem}")]
    Shape {
        /// Which offer, from 0.
        index: usize,
        /// Where in it, like `slices[0].segments`.
        path: String,
        /// What is wrong there.
        problem: String,
    },
    /// There are no offers where they should be.
    #[error("there is no list of offers at `{pointer}`")]
    NoList {
        /// The JSON Pointer to the list.
        pointer: String,
    },
    /// A field of an offer is not what it should be.
    #[error("offer {index}: {name} (`{field}`) {problem}")]
    Field {
        /// Which offer, from 0.
        index: usize,
        /// Which field of the mapping.
        name: &'static str,
        /// Where it is read from, in the answer's own terms.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// An offer is longer than one may be.
    #[error("offer {index}: is longer than {limit} bytes")]
    OfferTooLong {
        /// Which offer, from 0.
        index: usize,
        /// The most bytes that are read of one.
        limit: usize,
    },
    /// There are more offers than are read.
    #[error("there are more than {limit} offers")]
    TooMany {
        /// The most that are read.
        limit: usize,
    },
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is none.
    #[error("is missing")]
    Missing,
    /// It should be the way there, alone.
    #[error("is not one way")]
    NotOneWay,
    /// It should be a text.
    #[error("is no text")]
    NotText,
    /// It should be an amount of money.
    #[error("is no amount")]
    NotAmount,
    /// It should be a whole number that is not too large.
    #[error("is no small whole number")]
    NotCount,
    /// It should be an airport.
    #[error("is no IATA code")]
    NotAirport,
    /// It should be a currency.
    #[error("is no ISO 4217 code")]
    NotCurrency,
    /// It should be a time of day on a day.
    #[error("is no time")]
    NotTime,
    /// It is a local time, and nobody knows where.
    #[error("has no offset, and the airport's time zone is unknown")]
    NoZone,
    /// The arrival is before the departure, or long after.
    #[error("is not on or after the departure, or days later")]
    NotAfterDeparture,
}
