//! Serves the web pages of both services: the search page and the operators' page. Their files are compiled in.
//!
//! `index.html` names its files with a version, a digest of them (`/assets/<version>/…`), so browsers keep them for
//! ever and never mix the modules of two releases. During a rollout a process may be asked for another version: it
//! sends its own file, with `no-cache`.
//!
//! A page's style sheets are sent as one file, and so are its modules: see `document` and `link`.
//!
//! Files that both pages use are in `web/`: colours and type, and making elements.

mod asset;
mod assets;
mod document;
mod headers;
mod link;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing,
};
use rust_embed::Embed;

use asset::Asset;
use assets::Assets;
pub use headers::with_page_headers;

/// The content never changes under this name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked for again each time; an unchanged one is answered by 304.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");

/// A page and its files, ready to be sent.
struct Page {
    files: Assets,
    not_found: fn() -> Response,
}

/// The routes of the page made of these files, one of which is `index.html`, and of those that all pages share.
/// `not_found` is the response for a file that does not exist.
pub fn router<Files: Embed, S: Clone + Send + Sync + 'static>(not_found: fn() -> Response) -> Router<S> {
    let page =
        Router::new().route("/", routing::get(index)).route("/assets/{version}/{name}", routing::get(file));
    with_page_headers(page).with_state(Arc::new(Page { files: Assets::embedded::<Files>(), not_found }))
}

async fn index(State(page): State<Arc<Page>>, headers: HeaderMap) -> Response {
    with_cache(CHECKED, page.files.index(), &headers)
}

async fn file(
    State(page): State<Arc<Page>>,
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let cache = if version == page.files.version() { FOR_EVER } else { CHECKED };
    page.files.file(&name).map_or_else(page.not_found, |asset| with_cache(cache, asset, &headers))
}

fn with_cache(cache: HeaderValue, asset: &Asset, request: &HeaderMap) -> Response {
    ([(header::CACHE_CONTROL, cache)], asset.respond(request)).into_response()
}
