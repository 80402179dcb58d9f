use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
    routing,
};
use pages::{Page, with_page_headers};
use rust_embed::Embed;

use crate::problem::Problem;

/// The files of the page. In a debug build they are read from the disk at the start, so that a change to one needs
/// no new build.
#[derive(Embed)]
#[folder = "web/page"]
struct Files;

/// The routes of the page.
pub(crate) fn router() -> Router {
    let page = Router::new()
        .route("/", routing::get(index))
        .route("/assets/{version}/{name}", routing::get(file))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    with_page_headers(page).with_state(Arc::new(Page::new::<Files>()))
}

async fn index(State(page): State<Arc<Page>>, headers: HeaderMap) -> Response {
    page.index(&headers)
}

async fn file(
    State(page): State<Arc<Page>>,
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page.file(&version, &name, &headers).ok_or_else(|| Problem::NotFound("not_found", "no such file".into()))
}
