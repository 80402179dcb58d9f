use std::sync::Arc;

use axum::{Json, extract::State};
use contracts::envelope::Success;
use serde::Serialize;

use super::Problem;
use crate::app::App;

/// `data` of a health answer.
#[derive(Serialize)]
pub(super) struct Health {
    status: &'static str,
}

/// The process runs and serves.
pub(super) async fn live() -> Json<Success<Health>> {
    Json(Success::new("Alive", Health { status: "live" }))
}

/// The gateway is of use: Redis answers, and the result tail moves.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Success<Health>>, Problem> {
    match app.condition.trouble() {
        None => Ok(Json(Success::new("Ready", Health { status: "ready" }))),
        Some(trouble) => Err(Problem::NotReady(trouble)),
    }
}
