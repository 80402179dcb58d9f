//! The routes. Handlers know neither Redis commands nor sockets; what goes wrong is a [`Problem`], and one `match`
//! there makes it an answer.

mod cancel;
mod health;
mod path;
mod problem;
mod sharing;
mod status;
mod stream;
mod submit;

use std::sync::Arc;

use axum::{Router, routing};
use problem::Problem;

use crate::app::App;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/flights/search", routing::post(submit::submit))
        .route("/api/flights/search/{id}", routing::get(status::status).delete(cancel::cancel))
        .route("/api/flights/search/{id}/stream", routing::get(stream::stream))
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
        .fallback(|| async { Problem::NoSuchRoute })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .with_state(app)
}
