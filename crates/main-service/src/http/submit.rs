use std::{sync::Arc, time::Duration};

use airports::Airports;
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use broker::{BrokerError, Submission};
use contracts::{
    EpochMillis, FieldError, IataCode, SearchId, SearchRequest, SearchStatus,
    entry::{Job, JobTimes},
    envelope::{Submitted, Success},
};

use super::{Problem, body::read_json, sharing};
use crate::app::App;

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
    let may_submit = limit == 0 || app.condition.waiting() < limit;

    let sharing = sharing::wanted(&app.config, &headers, &request, may_submit)?;
    let job = job(&app, request);
    let submission = match &sharing {
        // What nearly every POST is: no script, and nothing to remember it by.
        None if may_submit => in_time(app.broker.submit(&job)).await.map(|()| Submission::New),
        None => Ok(Submission::Refused),
        Some(sharing) => in_time(app.broker.submit_shared(&job, sharing)).await,
    };
    let search_id = match submission.inspect_err(|_| app.condition.redis_failed())? {
        Submission::New => {
            app.condition.submitted();
            log_accepted(&job);
            job.search_id
        }
        Submission::Again(earlier) | Submission::Shared(earlier) => {
            tracing::info!(search_id = %earlier, "search shared");
            earlier
        }
        Submission::KeyReused => return Err(Problem::KeyReused),
        Submission::Refused => return Err(Problem::Backlog),
    };
    let data = Submitted { search_id, status: SearchStatus::Processing };
    Ok(Json(Success::new("Search request submitted", data)))
}

async fn in_time<T>(submission: impl Future<Output = Result<T, BrokerError>>) -> Result<T, BrokerError> {
    tokio::time::timeout(PATIENCE, submission).await.unwrap_or(Err(BrokerError::TimedOut))
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
