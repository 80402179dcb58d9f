//! The routes. Handlers know neither Redis commands nor sockets; what goes wrong is a [`Problem`], and one `match`
//! there makes it an answer.

mod airports;
mod cancel;
mod health;
mod page;
mod path;
mod problem;
mod status;
mod stream;
mod submit;
mod suppliers;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header::X_CONTENT_TYPE_OPTIONS},
    routing,
};
use problem::Problem;
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};

use crate::app::App;

pub(crate) fn router(app: Arc<App>) -> Router {
    let no_sniffing =
        SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Router::new()
        .route("/api/flights/search", routing::post(submit::submit))
        .route("/api/flights/search/{id}", routing::get(status::status).delete(cancel::cancel))
        .route("/api/airports", routing::get(airports::airports))
        .route("/api/suppliers", routing::get(suppliers::suppliers))
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
        .merge(page::router())
        .layer(CompressionLayer::new())
        // Behind the compression, which so costs an open stream nothing.
        .route("/api/flights/search/{id}/stream", routing::get(stream::stream))
        .fallback(|| async { Problem::NoSuchRoute })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(no_sniffing)
        .with_state(app)
}
