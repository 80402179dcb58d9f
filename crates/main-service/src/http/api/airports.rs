//! `GET /api/airports?q=…`: which places a text being typed may mean.

use std::sync::Arc;

use airports::{MAX_TEXT_CHARS, Match};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use contracts::{FieldError, envelope::Success};
use serde::Deserialize;

use crate::app::App;
use crate::http::failures::{failures, wrong};
use crate::http::{Problem, docs::openapi::PlaceBody};

/// How many places are named unless the client wants more or fewer.
const DEFAULT_LIMIT: usize = 8;
/// The most that can be asked for: nobody reads further.
const MAX_LIMIT: usize = 50;

/// The list is compiled in, so an answer holds as long as the program; an hour is what a new one may take to be
/// seen.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The query, as text, so that every wrong field can be named.
#[derive(Deserialize)]
pub(super) struct Options {
    q: Option<String>,
    limit: Option<String>,
}

/// Finds places by what is being typed
///
/// By code, city or name, the likeliest first: `jak` gives CGK.
#[utoipa::path(
    get,
    path = "/api/airports",
    operation_id = "airports",
    tag = "places",
    params(
        // Something that is no white space, as Unicode has it: what \s is differs from one regex to the next.
        ("q" = String, Query, description = "What was typed so far.", min_length = 1, max_length = 80,
            example = "jak",
            pattern = r"[^\u0009-\u000d \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"),
        ("limit" = Option<u8>, Query, description = "How many places to name at most; 8 if absent.", minimum = 1,
            maximum = 50, example = 5),
    ),
    responses((status = 200, description = "These may be meant.", body = Success<Vec<PlaceBody>>), PlaceFailures),
)]
pub(super) async fn airports(
    State(app): State<Arc<App>>,
    query: Result<Query<Options>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(options) = query.map_err(|rejection| Problem::Query(rejection.body_text()))?;
    let (text, limit) = options.checked().map_err(Problem::Fields)?;
    let places: Vec<Match> = app.airports.search(&text, limit);
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(Success::new("Places", places))))
}

impl Options {
    fn checked(self) -> Result<(String, usize), Vec<FieldError>> {
        let text = match self.q.as_deref().map(str::trim) {
            None => Err(FieldError::new("q", "is required")),
            Some("") => Err(FieldError::new("q", "must not be empty")),
            Some(text) if text.chars().nth(MAX_TEXT_CHARS).is_some() => {
                Err(FieldError::new("q", format!("must be at most {MAX_TEXT_CHARS} characters")))
            }
            Some(text) => Ok(text.to_owned()),
        };
        let limit = match self.limit.as_deref().map(str::parse) {
            None => Ok(DEFAULT_LIMIT),
            Some(Ok(limit @ 1..=MAX_LIMIT)) => Ok(limit),
            Some(_) => Err(FieldError::new("limit", format!("must be a whole number from 1 to {MAX_LIMIT}"))),
        };
        match (text, limit) {
            (Ok(text), Ok(limit)) => Ok((text, limit)),
            (text, limit) => Err([text.err(), limit.err()].into_iter().flatten().collect()),
        }
    }
}

failures! {
    /// Of asking for places.
    PlaceFailures: [
        wrong("q", "is required"),
        Problem::Query("Failed to deserialize query string: duplicate field `q`".into()),
        Problem::TooManyFromClient,
        Problem::TooManyConnections,
        Problem::Panicked,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(q: Option<&str>, limit: Option<&str>) -> Result<(String, usize), Vec<String>> {
        let options = Options { q: q.map(ToOwned::to_owned), limit: limit.map(ToOwned::to_owned) };
        options.checked().map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn the_text_is_trimmed_and_the_limit_has_a_default() {
        assert_eq!(check(Some(" jak "), None), Ok(("jak".into(), DEFAULT_LIMIT)));
        assert_eq!(check(Some("jak"), Some("50")), Ok(("jak".into(), 50)));
        let longest = "é".repeat(MAX_TEXT_CHARS);
        assert_eq!(check(Some(&format!(" {longest} ")), None), Ok((longest, DEFAULT_LIMIT)));
    }

    #[test]
    fn every_wrong_field_is_named() {
        assert_eq!(check(None, None), Err(vec!["q".into()]));
        assert_eq!(check(Some("  "), Some("0")), Err(vec!["q".into(), "limit".into()]));
        assert_eq!(check(Some(&"a+".repeat(MAX_TEXT_CHARS)), None), Err(vec!["q".into()]));
        for limit in ["51", "-1", "x", ""] {
            assert_eq!(check(Some("jak"), Some(limit)), Err(vec!["limit".into()]), "{limit}");
        }
    }
}
