use std::{sync::Arc, time::Duration};

use airports::Airports;
use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, header},
};
use broker::BrokerError;
use contracts::{
    EpochMillis, FieldError, IataCode, SearchId, SearchRequest, SearchStatus,
    entry::{Job, JobTimes},
    envelope::{Submitted, Success},
};

use super::Problem;
use crate::app::App;

/// The largest body that is read. The longest sensible search has a few hundred bytes.
const MAX_BODY: usize = 16 * 1024;
/// How long a client waits for its answer when Redis is in trouble; the promise is 2 s.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Accepts a search and answers with its id; the search itself goes to the workers.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Success<Submitted>>, Problem> {
    let body = read_json(&headers, body).await?;
    let request = SearchRequest::from_json(&body)?;
    check_codes(&app, &request)?;
    let limit = app.config.max_backlog;
    if limit > 0 && app.condition.waiting() >= limit {
        return Err(Problem::Backlog);
    }

    let job = job(&app, request);
    let submitted = tokio::time::timeout(PATIENCE, app.broker.submit(&job)).await;
    submitted.unwrap_or_else(|_| Err(BrokerError::TimedOut)).inspect_err(|_| app.condition.redis_failed())?;
    app.condition.submitted();
    let query = &job.query;
    tracing::info!(
        search_id = %job.search_id,
        from = %query.origin,
        to = %query.destination,
        date = %query.date,
        passengers = query.passengers.get(),
        "search accepted"
    );
    let data = Submitted { search_id: job.search_id, status: SearchStatus::Processing };
    Ok(Json(Success::new("Search request submitted", data)))
}

fn job(app: &App, request: SearchRequest) -> Job {
    let longest = app.config.common.search_deadline_ms;
    let created = EpochMillis::now();
    let deadline = created + request.timeout.map_or(longest, |timeout| timeout.min(longest));
    Job {
        search_id: SearchId::random(),
        query: request.query,
        suppliers: request.suppliers,
        times: Some(JobTimes { created, deadline }),
    }
}

async fn read_json(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::ContentType);
    }
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(Problem::BodyTooLarge);
    }
    to_bytes(body, MAX_BODY).await.map_err(|error| {
        // The error's source tells the two apart: too long, or cut off in the middle.
        match std::error::Error::source(&error) {
            Some(source) if source.is::<http_body_util::LengthLimitError>() => Problem::BodyTooLarge,
            _ => Problem::Body("the body could not be read".into()),
        }
    })
}

/// Refuses codes that nobody has, with a suggestion where there is one.
fn check_codes(app: &App, request: &SearchRequest) -> Result<(), Problem> {
    let (from, to) = (request.query.origin, request.query.destination);
    let mut errors = Vec::new();
    for (field, code) in [("from", from), ("to", to)] {
        if !app.airports.knows(code) {
            errors.push(unknown_code(&app.airports, field, code));
        }
    }
    if errors.is_empty() && app.airports.same_place(from, to) {
        errors.push(FieldError::new("to", "must be another place than \"from\""));
    }
    let unknown = app.condition.unknown_suppliers(&request.suppliers);
    if !unknown.is_empty() {
        let codes: Vec<_> = unknown.iter().map(|code| code.as_str()).collect();
        errors.push(FieldError::new("suppliers", format!("no supplier is called {}", codes.join(", "))));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::Fields(errors)) }
}

fn unknown_code(airports: &Airports, field: &str, code: IataCode) -> FieldError {
    let suggestion = airports.suggestion(code).map(|code| code.to_string());
    let message = match &suggestion {
        Some(suggestion) => format!("no airport or city has the code {code}; did you mean {suggestion}?"),
        None => format!("no airport or city has the code {code}"),
    };
    FieldError::new(field, message).suggesting(suggestion)
}
