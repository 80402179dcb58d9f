use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use broker::{BrokerError, SearchRecord};
use contracts::{
    EpochMillis, SearchId, SearchQuery, SearchStatus, SupplierListing,
    entry::{JsonLine, StoredEnd},
    envelope::{Success, Warning},
    outcome::Details,
};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{health::warning, path::SearchPath};
use crate::app::App;
use crate::http::failures::{failures, malformed_id, unavailable};
use crate::http::{Problem, docs::openapi::SearchStateBody};

/// `data` of a status answer: where a search stands, and what has come so far.
#[derive(Serialize)]
pub(super) struct SearchState {
    search_id: SearchId,
    status: SearchStatus,
    #[serde(flatten)]
    query: Option<SearchQuery>,
    /// Who is asked, for showing whose answer is still to come; nobody while no worker has said who there is.
    asked: Vec<SupplierListing>,
    /// As they were announced, or merged as far as they have come.
    results: Box<RawValue>,
    /// Absent where the replaced system ended the search.
    #[serde(flatten)]
    details: Option<Details>,
    created_at: Option<String>,
    deadline_at: Option<String>,
    first_answer_at: Option<String>,
    ended_at: Option<String>,
    /// What keeps it from going on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

/// Tells where a search stands
///
/// And what has come so far. A search can be read for a while after its end (`RECORD_TTL_SECS`).
#[utoipa::path(
    get,
    path = "/api/flights/search/{id}",
    operation_id = "status",
    tag = "searches",
    params(("id" = SearchId, Path, description = "The search's id.")),
    responses((status = 200, description = "This is its state.", body = Success<SearchStateBody>), StatusFailures),
)]
pub(super) async fn status(
    State(app): State<Arc<App>>,
    SearchPath(id): SearchPath,
) -> Result<impl IntoResponse, Problem> {
    let read = app.broker.with_idle_timeout(read(&app, id)).await?;
    let (record, now) = read.ok_or(Problem::UnknownSearch)?;
    let message = format!("Search is {}", record.status());
    let status = SearchState::of(&app, id, &record, now);
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Json(Success::new(message, status))))
}

/// Reads a search's record, and what time it is. A search whose deadline has passed without a worker's ending it is
/// ended first.
async fn read(app: &App, id: SearchId) -> Result<Option<(SearchRecord, EpochMillis)>, BrokerError> {
    let Some(record) = app.broker.read(id).await? else { return Ok(None) };
    Ok(Some((record, app.broker.now().await?)))
}

impl SearchState {
    fn of(app: &App, search_id: SearchId, record: &SearchRecord, now: EpochMillis) -> Self {
        let (results, details) = if let Some(StoredEnd { results, details, .. }) = &record.end {
            (
                results.clone(),
                details.as_ref().and_then(|details| serde_json::from_str(details.as_str()).ok()),
            )
        } else {
            let so_far = record.outcome_now(app.config.common.max_results, now);
            (JsonLine::of(&so_far.offers).unwrap_or_else(|_| JsonLine::empty_array()), Some(so_far.details))
        };
        let no_worker = app.health.fitness.no_worker().filter(|_| record.end.is_none());
        let shown = |at: Option<EpochMillis>| at.map(EpochMillis::to_rfc3339);
        Self {
            search_id,
            status: record.status(),
            query: record.query,
            asked: app.suppliers.selected(&record.suppliers),
            results: results.into(),
            details,
            created_at: shown(record.created),
            deadline_at: shown(record.deadline),
            first_answer_at: shown(record.first_answer),
            ended_at: shown(record.ended),
            warnings: no_worker.map(warning).into_iter().collect(),
        }
    }
}

failures! {
    /// Of asking for a search's state.
    StatusFailures: [
        malformed_id(),
        Problem::UnknownSearch,
        Problem::TooManyFromClient,
        unavailable(),
        Problem::TooManyConnections,
        Problem::Panicked,
    ];
}
