use std::sync::Arc;

use airports::Airports;
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use broker::{BrokerError, Submission};
use contracts::{
    FieldError, IataCode, SearchId, SearchRequest, SearchStatus,
    entry::{Job, JobTimes},
    envelope::{Submitted, Success},
    names::field,
    search::{InvalidRequest, RequestedCodes},
};

use super::{health::warning, idempotency};
use crate::app::App;
use crate::http::docs::failures::{failures, unavailable, wrong};
use crate::http::{
    body::{MAX_BODY, read_json},
    problem::Problem,
};

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
        ("Idempotency-Key" = Option<String>, Header, description = "Identifies this submission: 1 to 255 \
            visible ASCII characters.", pattern = "^[!-~]+$", min_length = 1, max_length = 255, example = "3f1c6d1e"),
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
    let body = read_json(&headers, body).await?;
    let request = parse(&app, &body)?;
    if app.health.fitness.failing().is_some() {
        return Err(Problem::Unfit);
    }
    let has_room = app.health.fitness.has_room();
    let permit = app.backlog.permit(app.config.most_waiting()).filter(|_| has_room);

    let sharing = idempotency::wanted(&app.config, &headers, &request, permit.is_some())?;
    let submit = async {
        let job = job(&app, request).await?;
        let is_refused = sharing.is_none() && permit.is_none();
        let submission = if is_refused {
            Submission::Refused
        } else {
            app.acceptance.submit(&job, sharing.as_ref()).await?
        };
        Ok((job, submission))
    };
    let (job, submission) = app.acceptance.with_timeout(submit).await.map_err(failed)?;
    app.metrics.submitted(submission);
    let search_id = match submission {
        Submission::New => {
            if let Some(permit) = permit {
                permit.keep();
            }
            log_accepted(&job);
            job.search_id
        }
        Submission::Again(earlier) | Submission::Shared(earlier) => {
            tracing::info!(search_id = %earlier, "search shared");
            earlier
        }
        Submission::KeyReused => return Err(Problem::KeyReused),
        Submission::Refused => return Err(if has_room { Problem::Backlog } else { Problem::StorageFull }),
    };
    let warnings = app.health.fitness.no_worker().map(warning).into_iter().collect();
    let data = Submitted { search_id, status: SearchStatus::Processing, warnings };
    Ok(Json(Success::new("Search request submitted", data)))
}

fn failed(error: BrokerError) -> Problem {
    match error {
        // Redis answers, but its configuration can't keep what `ACCEPT_DURABILITY` promises.
        BrokerError::NotDurable(error) => Problem::NotReady(error.reason().into()),
        error => error.into(),
    }
}

fn log_accepted(job: &Job) {
    let query = &job.query;
    tracing::info!(
        search_id = %job.search_id,
        from = %query.origin,
        to = %query.destination,
        date = %query.date,
        passengers = query.passengers.get(),
        "search accepted"
    );
}

async fn job(app: &App, request: SearchRequest) -> Result<Job, BrokerError> {
    let longest = app.config.common.search_deadline_ms;
    let created = app.broker.now().await?;
    let deadline = created + request.timeout.map_or(longest, |timeout| timeout.duration().min(longest));
    Ok(Job::new(SearchId::random(), request, JobTimes { created, deadline }))
}

/// Parses the body and rejects unknown codes, together with all other invalid fields.
fn parse(app: &App, body: &[u8]) -> Result<SearchRequest, Problem> {
    let (codes, parsed) = match SearchRequest::from_json(body) {
        Ok(request) => (request.codes(), Ok(request)),
        Err(InvalidRequest::Fields { errors, codes }) => (codes, Err(errors)),
        Err(other) => return Err(other.into()),
    };
    match (parsed, unknown(app, &codes)) {
        (Ok(request), unknown) if unknown.is_empty() => Ok(request),
        (Ok(_), unknown) => Err(Problem::Fields(unknown)),
        (Err(mut errors), unknown) => {
            errors.extend(unknown);
            Err(Problem::Fields(errors))
        }
    }
}

/// The errors in the airports and suppliers of a request.
fn unknown(app: &App, codes: &RequestedCodes) -> Vec<FieldError> {
    let RequestedCodes { route, suppliers } = codes;
    let mut errors = Vec::new();
    for (field, code) in [(field::FROM, route.origin), (field::TO, route.destination)] {
        errors.extend(
            code.filter(|code| !app.airports.knows(*code))
                .map(|code| unknown_code(&app.airports, field, code)),
        );
    }
    if let (Some(from), Some(to)) = (route.origin, route.destination)
        && from != to
        && app.airports.same_place(from, to)
    {
        errors.push(FieldError::new(field::TO, "must be another place than \"from\""));
    }
    let suppliers = app.suppliers.unknown(suppliers);
    if !suppliers.is_empty() {
        let codes: Vec<_> = suppliers.iter().map(|code| code.as_str()).collect();
        errors.push(FieldError::new(field::SUPPLIERS, format!("no supplier is called {}", codes.join(", "))));
    }
    errors
}

fn unknown_code(airports: &Airports, field: &str, code: IataCode) -> FieldError {
    let suggestion = airports.suggestion(code).map(|code| code.to_string());
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
