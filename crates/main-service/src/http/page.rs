//! The page at `/` and its assets, all compiled into the program.
//!
//! `/` names its assets by a directory that is called after their content, `/assets/<version>/…`, so that a browser
//! may keep them for ever and never mixes the modules of two releases. While a release is rolled out, a page of one
//! gateway may ask another one for its assets: an unknown version gets what there is, to be checked again next time.

mod asset;
mod assets;

use std::sync::Arc;

use super::{middleware::page_headers::with_page_headers, problem::Problem};
use asset::Asset;
use assets::Assets;
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing,
};

/// The content never changes under this name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked for again each time; an unchanged one is answered by 304.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");

/// The routes of the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page =
        Router::new().route("/", routing::get(index)).route("/assets/{version}/{name}", routing::get(file));
    with_page_headers(page).with_state(Arc::new(Assets::embedded()))
}

async fn index(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    with_cache(CHECKED, assets.index(), &headers)
}

async fn file(
    State(assets): State<Arc<Assets>>,
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = assets.file(&name).ok_or(Problem::NoSuchRoute)?;
    let cache = if version == assets.version() { FOR_EVER } else { CHECKED };
    Ok(with_cache(cache, asset, &headers))
}

fn with_cache(cache: HeaderValue, asset: &Asset, headers: &HeaderMap) -> Response {
    ([(header::CACHE_CONTROL, cache)], asset.answer(headers)).into_response()
}

#[cfg(test)]
mod tests;
