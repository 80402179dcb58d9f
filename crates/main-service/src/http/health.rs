use std::sync::Arc;

use axum::{Json, extract::State};
use contracts::envelope::Success;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, openapi::ReadinessFailures};
use crate::app::App;

/// `data` of a health answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    #[schema(example = "ready")]
    status: &'static str,
}

/// Tells that the process runs and serves
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "live",
    tag = "health",
    responses((status = 200, description = "It does.", body = Success<Health>)),
)]
pub(super) async fn live() -> Json<Success<Health>> {
    Json(Success::new("Alive", Health { status: "live" }))
}

/// Tells whether the gateway is of use
///
/// It is, if Redis answers and the results move.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "ready",
    tag = "health",
    responses((status = 200, description = "It is.", body = Success<Health>), ReadinessFailures),
)]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Success<Health>>, Problem> {
    match app.condition.trouble().or_else(|| app.acceptance.trouble()) {
        None => Ok(Json(Success::new("Ready", Health { status: "ready" }))),
        Some(trouble) => Err(Problem::NotReady(trouble)),
    }
}
