//! Which pages of other origins may use the API from a browser.

use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::request_id::X_REQUEST_ID;
use crate::{allowed_origins::AllowedOrigins, http::api::IDEMPOTENCY_KEY};

/// How long a browser may remember the answer to a preflight. None remembers longer than two hours.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The CORS headers; `None` if no other origin is allowed.
pub(in crate::http) fn layer(allowed: &AllowedOrigins) -> Option<CorsLayer> {
    let origins = match allowed {
        AllowedOrigins::None => return None,
        AllowedOrigins::Any => AllowOrigin::any(),
        AllowedOrigins::These(origins) => AllowOrigin::list(origins.iter().cloned()),
    };
    let last_event_id = HeaderName::from_static("last-event-id");
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::DELETE])
        .allow_headers([
            header::CONTENT_TYPE,
            header::CACHE_CONTROL,
            last_event_id,
            IDEMPOTENCY_KEY,
            X_REQUEST_ID,
        ])
        .expose_headers([X_REQUEST_ID, header::RETRY_AFTER])
        .max_age(REMEMBERED);
    Some(layer)
}
