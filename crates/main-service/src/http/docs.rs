//! The API's documentation: `GET /openapi.json`, and `GET /docs`, a page that shows it, is compiled in and asks nobody else
//! for anything.

pub(super) mod failures;
pub(super) mod openapi;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderValue, header},
    response::IntoResponse,
    routing,
};
use utoipa::openapi::OpenApi;

use pages::with_page_headers;

const PAGE: &str = include_str!("../../web/docs/index.html");
const SCRIPT: &str = include_str!("../../web/docs/docs.js");
const STYLE: &str = include_str!("../../web/docs/docs.css");

/// The document of these routes, and the page that shows it.
pub(super) fn router<S: Clone + Send + Sync + 'static>(routes: OpenApi) -> Router<S> {
    let document =
        openapi::document(routes).to_json().map_or_else(|_| Bytes::from_static(b"{}"), Bytes::from);
    let page = Router::new()
        .route("/docs", routing::get(async || file("text/html; charset=utf-8", PAGE)))
        .route("/docs/docs.js", routing::get(async || file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/docs/docs.css", routing::get(async || file("text/css; charset=utf-8", STYLE)));
    let json = async move || file("application/json", document.clone());
    with_page_headers(page).route("/openapi.json", routing::get(json))
}

fn file(content_type: &'static str, content: impl IntoResponse) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, content)
}
