use std::sync::Arc;

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::registry::Registry;
use serde_json::json;

use crate::{
    exposition::{Format, expose},
    health::{self, Problem},
};

/// The routes of every operators' port. `problems` names what keeps the service from its work; none if it is ready.
pub fn router(registry: Registry, problems: impl Fn() -> Vec<Problem> + Send + Sync + 'static) -> Router {
    let (registry, problems) = (Arc::new(registry), Arc::new(problems));
    Router::new()
        .route("/metrics", get(async move |headers: HeaderMap| metrics(&registry, &headers)))
        .route("/health/live", get(async || health::live()))
        .route("/health/ready", get(async move || health::ready(&problems())))
        .fallback(async || error(StatusCode::NOT_FOUND, "not_found", "no such page"))
        .method_not_allowed_fallback(async || {
            error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use GET")
        })
}

fn metrics(registry: &Registry, headers: &HeaderMap) -> Response {
    let format = Format::accepted(headers.get_all(header::ACCEPT));
    match expose(registry, format) {
        Ok(text) => ([(header::CONTENT_TYPE, format.content_type())], text).into_response(),
        // Only if a metric can't be written, which is a bug.
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "the metrics can't be written"),
    }
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "success": false, "code": code, "message": message }))).into_response()
}
