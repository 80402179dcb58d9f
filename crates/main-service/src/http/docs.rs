//! `GET /docs`: the `OpenAPI` document for reading, by a page that is compiled in and asks nobody else for anything.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::IntoResponse,
    routing,
};

/// Nothing but what this gateway serves, no inline code or styles, no framing.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const PAGE: &str = include_str!("../../web/docs/index.html");
const SCRIPT: &str = include_str!("../../web/docs/docs.js");
const STYLE: &str = include_str!("../../web/docs/docs.css");

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/docs", routing::get(async || file("text/html; charset=utf-8", PAGE)))
        .route("/docs/docs.js", routing::get(async || file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/docs/docs.css", routing::get(async || file("text/css; charset=utf-8", STYLE)))
}

fn file(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    (headers, content)
}
