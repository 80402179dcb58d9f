use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use contracts::{FieldError, SearchId};

use crate::http::problem::Problem;

/// The id in the path of a search.
pub(super) struct SearchPath(pub(super) SearchId);

impl<S: Send + Sync> FromRequestParts<S> for SearchPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let malformed = |message: String| Problem::Fields(vec![FieldError::new("id", message)]);
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| malformed(rejection.body_text()))?;
        text.parse()
            .map(Self)
            .map_err(|error: contracts::search::InvalidSearchId| malformed(error.to_string()))
    }
}
