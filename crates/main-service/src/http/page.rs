//! The page at `/` and its assets, all compiled into the program: see [`pages`].

use std::sync::Arc;

use super::problem::Problem;
use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
    routing,
};
use pages::{Page, with_page_headers};
use rust_embed::Embed;

/// The files of the page. In a debug build they are read from the disk at the start, so that a change to one needs
/// no new build.
#[derive(Embed)]
#[folder = "web/page"]
struct Files;

/// The routes of the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page =
        Router::new().route("/", routing::get(index)).route("/assets/{version}/{name}", routing::get(file));
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
    page.file(&version, &name, &headers).ok_or(Problem::NoSuchRoute)
}

#[cfg(test)]
mod tests;
