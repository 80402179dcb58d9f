use std::sync::Arc;

use axum::{Json, extract::State, http::Uri};
use contracts::envelope::{Success, Warning};
use serde::Serialize;
use service::Alert;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::docs::failures::failures;
use crate::http::problem::Problem;

/// Whether the request is a health probe, which is always answered.
pub(in crate::http) fn is_asked(address: &Uri) -> bool {
    address.path().starts_with("/health/")
}

/// `data` of the liveness response.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    #[schema(example = "ready")]
    status: &'static str,
}

/// `data` of the readiness response.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    #[schema(example = "ready")]
    status: &'static str,
    /// Problems that don't make this gateway unready: overload, no worker, unsafe Redis settings.
    warnings: Vec<Warning>,
}

/// Liveness: the process runs and serves
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "live",
    tag = "health",
    responses((status = 200, description = "The process is alive.", body = Success<Health>)),
)]
pub(super) async fn live() -> Json<Success<Health>> {
    Json(Success::new("Alive", Health { status: "live" }))
}

/// Readiness: the gateway can do its work
///
/// It can if Redis answers, is the primary, accepts writes and permits every command that is needed, and if the gateway is
/// reading the results. Overload does not make gateways unready, because it would affect all of them at once; it appears
/// in `data.warnings`.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "ready",
    tag = "health",
    responses((status = 200, description = "The gateway is ready.", body = Success<Readiness>), ReadinessFailures),
)]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Success<Readiness>>, Problem> {
    match app.not_ready() {
        None => {
            let warnings = app.health.fitness.warnings().into_iter().map(warning).collect();
            Ok(Json(Success::new("Ready", Readiness { status: "ready", warnings })))
        }
        Some(reason) => Err(Problem::NotReady(reason)),
    }
}

/// The JSON form of an alert.
pub(super) fn warning(alert: Alert) -> Warning {
    Warning { code: alert.code.into(), message: alert.message }
}

failures! {
    /// The failures of the readiness probe.
    ReadinessFailures: [Problem::NotReady("Redis does not answer".into())];
}
