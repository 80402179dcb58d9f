//! The routes. Handlers know neither Redis commands nor sockets; what goes wrong is a [`Problem`], and one `match`
//! there makes it an answer.

mod cancel;
mod cors;
mod docs;
mod health;
mod openapi;
mod path;
mod problem;
mod request_id;
mod sharing;
mod status;
mod stream;
mod submit;

use std::sync::Arc;

use axum::{
    Router,
    http::{Method, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing,
};
use problem::Problem;
use tower::{ServiceBuilder, util::option_layer};
use tower_http::catch_panic::CatchPanicLayer;

pub use cors::AllowedOrigins;

use crate::app::App;

pub(crate) fn router(app: Arc<App>) -> Router {
    // The outermost first: whatever answers, its answer has an id and may be read where that is allowed.
    let manners = ServiceBuilder::new()
        .layer(middleware::from_fn(request_id::name))
        .layer(option_layer(cors::layer(&app.config.cors_allowed_origins)))
        .layer(CatchPanicLayer::custom(|_| Problem::Panicked.into_response()));
    Router::new()
        .route("/api/flights/search", routing::post(submit::submit))
        .route("/api/flights/search/{id}", routing::get(status::status).delete(cancel::cancel))
        .route("/api/flights/search/{id}/stream", routing::get(stream::stream))
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
        .route("/openapi.json", routing::get(openapi::document))
        .merge(docs::router())
        .fallback(|| async { Problem::NoSuchRoute })
        .method_not_allowed_fallback(other_methods)
        .layer(manners)
        .with_state(app)
}

/// Any method that a route does not have. The router adds `Allow`, which is all there is to say to OPTIONS.
async fn other_methods(method: Method) -> Response {
    if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Problem::MethodNotAllowed.into_response()
    }
}
