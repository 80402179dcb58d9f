//! The API's routes. Each handler has its request, its response and its failures beside it, and is named here alone: the
//! API's document is made of the same list.

mod accept;
mod airports;
mod cancel;
mod check;
mod health;
mod idempotency;
mod offer;
mod path;
mod status;
mod stream;
mod submission;
mod submit;
mod suppliers;

use std::sync::Arc;

use axum::{
    Router,
    routing::{self, MethodRouter},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) use health::is_asked as is_health;
pub(super) use idempotency::IDEMPOTENCY_KEY;

use crate::app::App;

/// All routes but those of streams. `limited` may put something before the submission of searches and price checks.
pub(super) fn router(
    limited: impl Fn(MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>>,
) -> OpenApiRouter<Arc<App>> {
    let limited = |(schemas, paths, route)| (schemas, paths, limited(route));
    OpenApiRouter::new()
        .routes(limited(routes!(submit::submit)))
        .routes(routes!(status::status, cancel::cancel))
        .routes(routes!(offer::offer))
        .routes(limited(routes!(check::check)))
        .routes(routes!(airports::airports))
        .routes(routes!(suppliers::suppliers))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// The routes of streams.
pub(super) fn streams() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(stream::stream))
}

/// The probes by themselves, for connections past a limit.
pub(super) fn health() -> Router<Arc<App>> {
    Router::new()
        .route("/health/live", routing::get(health::live))
        .route("/health/ready", routing::get(health::ready))
}
