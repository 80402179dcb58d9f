use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use broker::{BrokerError, SearchRecord};
use contracts::{
    Cabin, EpochMillis, IataCode, Offer, Passengers, SearchId, SearchQuery, SearchStatus, SupplierListing,
    SupplierReport, TravelDate,
    check::CheckResult,
    entry::{JsonLine, StoredEnd},
    envelope::{Success, Warning},
    money::Currency,
    outcome::Details,
    search::{MaxStops, Seats, Slice, Slices},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{health::warning, path::SearchPath};
use crate::app::App;
use crate::http::docs::failures::{failures, malformed_id, unavailable};
use crate::http::problem::Problem;

/// The state of a search, with what its suppliers have answered so far.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchState {
    search_id: SearchId,
    status: SearchStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<IataCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<IataCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<TravelDate>,
    /// How many need a seat: adults and children.
    #[serde(skip_serializing_if = "Option::is_none")]
    passengers: Option<Seats>,
    /// Who travels, if not adults alone.
    #[schema(nullable = false, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    passenger_types: Option<Passengers>,
    /// All slices, if `from`, `to` and `date` of the first do not say it all.
    #[schema(nullable = false, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    slices: Option<Slices>,
    #[schema(nullable = false, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    cabin: Option<Cabin>,
    #[schema(nullable = false, required = false, value_type = u8, maximum = 3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_stops: Option<MaxStops>,
    #[schema(nullable = false, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    /// The suppliers that are asked; empty if no worker has announced any.
    asked: Vec<SupplierListing>,
    /// The final offers, or those received so far, cheapest first.
    #[schema(value_type = Vec<Offer>)]
    results: Box<RawValue>,
    /// The number of offers found; `results` may have fewer (`MAX_RESULTS`).
    #[schema(value_type = Option<u64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    /// The suppliers that have answered, and how. Once the search has ended, every supplier that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppliers: Option<Vec<SupplierReport>>,
    /// From acceptance to the first supplier's answer, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_answer_ms: Option<u64>,
    /// From acceptance to the end, or to now, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<u64>,
    /// Why the search ended before every supplier answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What a price check found; absent in other searches.
    #[schema(nullable = false, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Box<CheckResult>>,
    /// When the search was accepted, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:30:00.125Z")]
    created_at: Option<String>,
    /// When the search ends at the latest, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:31:00.125Z")]
    deadline_at: Option<String>,
    /// When the first supplier's answer was stored, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:30:00.604Z")]
    first_answer_at: Option<String>,
    /// When the search ended, in UTC.
    #[schema(required, format = DateTime, example = "2025-07-01T09:30:06.250Z")]
    ended_at: Option<String>,
    /// Problems that keep the search from making progress, such as `no_worker`; absent if there are none.
    #[schema(nullable = false, required = false)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

/// Gets a search
///
/// Returns its state, and the offers received so far. A search can be read for `RECORD_TTL_SECS` after its end.
#[utoipa::path(
    get,
    path = "/api/flights/search/{id}",
    operation_id = "status",
    tag = "searches",
    params(("id" = SearchId, Path, description = "The search's id.")),
    responses((status = 200, description = "The state of the search.", body = Success<SearchState>), StatusFailures),
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

/// Reads a search's record, and the time by Redis' clock.
pub(super) async fn read(
    app: &App,
    id: SearchId,
) -> Result<Option<(SearchRecord, EpochMillis)>, BrokerError> {
    let Some(record) = app.broker.read(id).await? else { return Ok(None) };
    Ok(Some((record, app.broker.now().await?)))
}

impl SearchState {
    fn of(app: &App, search_id: SearchId, record: &SearchRecord, now: EpochMillis) -> Self {
        let (results, details) = results_and_details(record, app.config.common.max_results, now);
        // Names every field, so that a new one can't be forgotten here.
        let (slices, passengers, cabin, max_stops, currency) =
            record.query.as_ref().map_or_else(Default::default, |query| {
                let SearchQuery { slices, passengers, cabin, max_stops, currency } = query;
                (Some(slices), Some(passengers), *cabin, *max_stops, *currency)
            });
        let first = slices.map(Slices::first);
        // Missing if the replaced system ended the search.
        let (total, suppliers, first_answer_ms, elapsed_ms, reason, check) =
            details.map_or_else(Default::default, |details| {
                let Details { total, suppliers, first_answer_ms, elapsed_ms, reason, check } = details;
                (Some(total), Some(suppliers), first_answer_ms, Some(elapsed_ms), reason, check)
            });
        let no_worker = app.health.fitness.no_worker().filter(|_| record.end.is_none());
        let time = |at: Option<EpochMillis>| at.map(EpochMillis::to_rfc3339);
        Self {
            search_id,
            status: record.status(),
            from: first.map(Slice::origin),
            to: first.map(Slice::destination),
            date: first.map(Slice::date),
            passengers: passengers.map(Passengers::seats),
            passenger_types: passengers.filter(|passengers| !passengers.are_adults()).cloned(),
            slices: slices.filter(|slices| !slices.is_plain()).cloned(),
            cabin,
            max_stops,
            currency,
            asked: app.suppliers.selected(&record.suppliers),
            results: results.into(),
            total,
            suppliers,
            first_answer_ms,
            elapsed_ms,
            reason,
            check,
            created_at: time(record.created),
            deadline_at: time(record.deadline),
            first_answer_at: time(record.first_answer),
            ended_at: time(record.ended),
            warnings: no_worker.map(warning).into_iter().collect(),
        }
    }
}

/// What the search ended with, as it was stored; or what its answers add up to so far.
pub(super) fn results_and_details(
    record: &SearchRecord,
    max_results: usize,
    now: EpochMillis,
) -> (JsonLine, Option<Details>) {
    if let Some(StoredEnd { results, details, .. }) = &record.end {
        let details = details.as_ref().and_then(|details| serde_json::from_str(details.as_str()).ok());
        return (results.json().clone(), details);
    }
    let outcome = record.outcome_now(max_results, now);
    let results = JsonLine::of(&outcome.offers).unwrap_or_else(|_| JsonLine::empty_array());
    (results, Some(outcome.details))
}

failures! {
    /// The failures of getting a search.
    StatusFailures: [
        malformed_id(),
        Problem::UnknownSearch,
        Problem::TooManyFromClient,
        unavailable(),
        Problem::TooManyConnections,
        Problem::Panicked,
    ];
}
