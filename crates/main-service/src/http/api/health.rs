use std::sync::Arc;

use axum::{Json, extract::State, http::Uri};
use contracts::envelope::{Success, Warning};
use serde::Serialize;
use service::Alert;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::Problem;
use crate::http::failures::failures;

/// Whether it is the health that is asked for: that is answered whatever else is refused.
pub(in crate::http) fn is_asked(address: &Uri) -> bool {
    address.path().starts_with("/health/")
}

/// `data` of a health answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    #[schema(example = "ready")]
    status: &'static str,
}

/// `data` of a readiness answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    #[schema(example = "ready")]
    status: &'static str,
    /// What is wrong although this gateway does its part: overload, no worker, a Redis that is not set up right.
    warnings: Vec<Warning>,
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
/// It is, if Redis answers, is the primary, takes writes and permits what is needed, and the results move. Overload
/// makes no gateway unready, as it would make all of them so; `data.warnings` tells of it.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "ready",
    tag = "health",
    responses((status = 200, description = "It is.", body = Success<Readiness>), ReadinessFailures),
)]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Success<Readiness>>, Problem> {
    match app.not_ready() {
        None => {
            let warnings = app.health.fitness.warnings().into_iter().map(warning).collect();
            Ok(Json(Success::new("Ready", Readiness { status: "ready", warnings })))
        }
        Some(trouble) => Err(Problem::NotReady(trouble)),
    }
}

/// The JSON form of an alert.
pub(super) fn warning(alert: Alert) -> Warning {
    Warning { code: alert.code.into(), message: alert.message }
}

failures! {
    /// Of asking whether the gateway is of use.
    ReadinessFailures: [Problem::NotReady("Redis does not answer".into())];
}
