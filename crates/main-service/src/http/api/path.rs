use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use contracts::{
    FieldError, SearchId,
    offer::{InvalidOfferId, OfferId},
    search::InvalidSearchId,
};

use crate::http::problem::Problem;

/// The id in the path of a search.
pub(super) struct SearchPath(pub(super) SearchId);

impl<S: Send + Sync> FromRequestParts<S> for SearchPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |message: String| malformed("id", message);
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| malformed(rejection.body_text()))?;
        text.parse().map(Self).map_err(|error: InvalidSearchId| malformed(error.to_string()))
    }
}

/// The ids in the path of an offer.
pub(super) struct OfferPath(pub(super) SearchId, pub(super) OfferId);

impl<S: Send + Sync> FromRequestParts<S> for OfferPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path((search, offer)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| malformed("path", rejection.body_text()))?;
        let search = search.parse().map_err(|error: InvalidSearchId| malformed("id", error.to_string()))?;
        let offer: OfferId =
            offer.parse().map_err(|error: InvalidOfferId| malformed("offer_id", error.to_string()))?;
        if offer.is_unset() { Err(Problem::UnknownOffer) } else { Ok(Self(search, offer)) }
    }
}

fn malformed(field: &str, message: String) -> Problem {
    Problem::Fields(vec![FieldError::new(field, message)])
}
