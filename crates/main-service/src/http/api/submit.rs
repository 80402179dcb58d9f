use std::sync::Arc;

use airports::Airports;
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use contracts::{
    FieldError, IataCode, SearchRequest, SearchStatus,
    envelope::{Submitted, Success},
    names::field,
    search::{InvalidRequest, RequestedCodes, Route, sort_by_field},
};
use jiff::{Timestamp, civil::Date, tz};

use super::{
    accept::{Accepted, Wanted, accept},
    submission::{SubmissionHeaders, within},
};
use crate::http::docs::failures::{failures, unavailable, wrong};
use crate::http::{
    body::{MAX_BODY, read_json},
    problem::Problem,
};
use crate::{app::App, spans};

/// Submits a search
///
/// Responds with the search's id at once. The search runs until it ends, whether or not anyone follows it.
///
/// With an `Idempotency-Key`, a POST can be repeated safely: the same key and search within 24 hours get the same
/// response, even after the search's record has expired. If the gateway shares searches (`COALESCE_SECS`), a POST may
/// get an equal, recent search that has neither failed nor been cancelled instead of a new one. A shared search is
/// cancelled only when all its clients have cancelled it.
///
/// After a 503 `unavailable`, the search may have been accepted anyway; a retry with the same `Idempotency-Key` finds it.
#[utoipa::path(
    post,
    path = "/api/flights/search",
    operation_id = "submit",
    tag = "searches",
    params(
        SubmissionHeaders,
        ("Cache-Control" = Option<String>, Header, description = "`no-cache` requests a new search instead of \
            an earlier one.", example = "no-cache"),
    ),
    request_body = SearchRequest,
    responses(
        (
            status = 200,
            description = "The search was accepted.",
            body = Success<Submitted>,
            example = json!({
                "success": true,
                "message": "Search request submitted",
                "data": {"search_id": "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11", "status": "processing"}
            }),
        ),
        SubmitFailures,
    ),
)]
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Success<Submitted>>, Problem> {
    let span = spans::submission(&app.tracer, &headers, "POST /api/flights/search", "/api/flights/search");
    within(span, async |span| {
        let request = parse(&app, &read_json(&headers, body).await?)?;
        let Accepted { id: search_id, warnings } =
            accept(&app, &headers, Wanted::Search(request), span).await?;
        let data = Submitted { search_id, status: SearchStatus::Processing, warnings };
        Ok(Json(Success::new("Search request submitted", data)))
    })
    .await
}

/// The date where it is earliest, twelve hours behind UTC: a day is in the past only where it is over everywhere.
fn earliest_date(now: Timestamp) -> Date {
    tz::offset(-12).to_datetime(now).date()
}

/// Parses the body and rejects unknown codes, together with all other invalid fields.
fn parse(app: &App, body: &[u8]) -> Result<SearchRequest, Problem> {
    let (codes, parsed) = match SearchRequest::from_json_with_codes(body, earliest_date(Timestamp::now())) {
        Ok((request, codes)) => (codes, Ok(request)),
        Err(InvalidRequest::Fields { errors, codes }) => (codes, Err(errors)),
        Err(other) => return Err(other.into()),
    };
    match (parsed, unknown(app, &codes)) {
        (Ok(request), unknown) if unknown.is_empty() => Ok(request),
        (Ok(_), unknown) => Err(Problem::Fields(unknown)),
        (Err(mut errors), unknown) => {
            errors.extend(unknown);
            sort_by_field(&mut errors);
            Err(Problem::Fields(errors))
        }
    }
}

/// The errors in the airports and suppliers of a request.
fn unknown(app: &App, codes: &RequestedCodes) -> Vec<FieldError> {
    let RequestedCodes { routes, suppliers } = codes;
    let mut errors: Vec<_> = routes.iter().flat_map(|route| unknown_places(&app.airports, route)).collect();
    let suppliers = app.suppliers.unknown(suppliers);
    if !suppliers.is_empty() {
        let codes: Vec<_> = suppliers.iter().map(|code| code.as_str()).collect();
        errors.push(FieldError::new(field::SUPPLIERS, format!("no supplier is called {}", codes.join(", "))));
    }
    errors
}

/// The errors in the airports of a slice.
fn unknown_places(airports: &Airports, route: &Route) -> Vec<FieldError> {
    let Route { path, origin, destination } = route;
    let mut errors = Vec::new();
    for (field, code, other) in [(field::FROM, *origin, *destination), (field::TO, *destination, *origin)] {
        errors.extend(
            code.filter(|code| !airports.knows(*code))
                .map(|code| unknown_code(airports, format!("{path}{field}"), code, other)),
        );
    }
    if let (Some(from), Some(to)) = (*origin, *destination)
        && from != to
        && airports.same_place(from, to)
    {
        errors.push(FieldError::new(format!("{path}{}", field::TO), "must be another place than \"from\""));
    }
    errors
}

/// Suggests no code of the other end of the flight.
fn unknown_code(airports: &Airports, field: String, code: IataCode, other: Option<IataCode>) -> FieldError {
    let suggestion = airports
        .suggestion(code)
        .filter(|meant| other.is_none_or(|other| *meant != other && !airports.same_place(*meant, other)));
    let suggestion = suggestion.map(|code| code.to_string());
    let message = match &suggestion {
        Some(suggestion) => format!("no airport or city has the code {code}; did you mean {suggestion}?"),
        None => format!("no airport or city has the code {code}"),
    };
    FieldError::new(field, message).suggesting(suggestion)
}

failures! {
    /// The failures of a submission.
    SubmitFailures: [
        wrong("from", "must be a three-letter IATA code, like CGK"),
        Problem::Body("the body is not valid JSON: EOF while parsing a value at line 1 column 0".into()),
        Problem::BodyTooLarge { limit: MAX_BODY },
        Problem::ContentType,
        Problem::BodyTooSlow,
        Problem::KeyReused,
        Problem::RateLimited(30),
        Problem::TooManyFromClient,
        Problem::Backlog,
        Problem::StorageFull,
        Problem::TooManyConnections,
        unavailable(),
        Problem::NotReady("Redis has no replica, which ACCEPT_DURABILITY=replica needs".into()),
        Problem::Panicked,
    ];
}
