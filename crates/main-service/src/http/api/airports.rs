//! `GET /api/airports?q=…`: place autocomplete.

use std::sync::Arc;

use airports::{MAX_TEXT_CHARS, Match, PlaceKind};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use contracts::{FieldError, IataCode, envelope::Success};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::docs::failures::{failures, wrong};
use crate::http::problem::Problem;

/// How many places are returned by default.
const DEFAULT_LIMIT: usize = 8;
/// The largest `limit`.
const MAX_LIMIT: usize = 50;

/// The places are compiled in and change only with a release.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The query. The fields are text, so that the response can list every wrong one.
#[derive(Deserialize)]
pub(super) struct Options {
    q: Option<String>,
    limit: Option<String>,
}

/// An airport or a city.
#[derive(Serialize, ToSchema)]
pub(super) struct Place {
    code: IataCode,
    /// The name of the airport or the city.
    #[schema(example = "Soekarno-Hatta International Airport")]
    name: &'static str,
    /// The name of the city; empty if unknown.
    #[schema(example = "Jakarta")]
    city: &'static str,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "ID")]
    country: &'static str,
    /// Whether the code is that of one airport, or of all airports of a city.
    #[schema(value_type = String, pattern = "^(airport|city)$", example = "airport")]
    kind: PlaceKind,
    /// Another name of the place, if it is the one that the text means: `Bali` of Denpasar.
    #[serde(skip_serializing_if = "Option::is_none")]
    also: Option<&'static str>,
}

impl From<Match> for Place {
    fn from(Match { code, name, city, country, kind, also }: Match) -> Self {
        Self { code, name, city, country, kind, also }
    }
}

/// Place autocomplete
///
/// Searches codes, cities and names. The best match comes first: `jak` returns CGK. A text that matches nothing is
/// searched for typing errors: `jakrta` returns CGK too.
#[utoipa::path(
    get,
    path = "/api/airports",
    operation_id = "airports",
    tag = "places",
    params(
        // At least one character that is not Unicode white space. Regex engines disagree about \s.
        ("q" = String, Query, description = "The text typed so far.", min_length = 1, max_length = 80,
            example = "jak",
            pattern = r"[^\u0009-\u000d \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"),
        ("limit" = Option<u8>, Query, description = "The maximum number of places to return; 8 by default.", minimum = 1,
            maximum = 50, example = 5),
    ),
    responses((status = 200, description = "The places that match.", body = Success<Vec<Place>>), PlaceFailures),
)]
pub(super) async fn airports(
    State(app): State<Arc<App>>,
    query: Result<Query<Options>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(options) = query.map_err(|rejection| Problem::Query(rejection.body_text()))?;
    let (text, limit) = options.checked().map_err(Problem::Fields)?;
    let places: Vec<Place> = app.airports.search(&text, limit).into_iter().map(Place::from).collect();
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
    /// The failures of place autocomplete.
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
