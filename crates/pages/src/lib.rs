//! Serves the web pages of both services: the search page and the operators' page. Their files are compiled in.
//!
//! `/` names its files by a directory that is called after their content, `/assets/<version>/…`, so that a browser
//! may keep them for ever and never mixes the modules of two releases. While a release is rolled out, a page of one
//! process may ask another one for its files: an unknown version gets what there is, to be checked again next time.
//!
//! Files that both pages use are in `web/`: colours and type, and making elements.

mod asset;
mod assets;
mod headers;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;

use asset::Asset;
use assets::Assets;
pub use headers::with_page_headers;

/// The content never changes under this name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked for again each time; an unchanged one is answered by 304.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");

/// The files of a page, ready to be sent.
pub struct Page(Assets);

impl Page {
    /// The page made of these files, one of which is `index.html`, and of those that all pages share.
    #[must_use]
    pub fn new<Files: Embed>() -> Self {
        Self(Assets::embedded::<Files>())
    }

    /// The response to `/`.
    #[must_use]
    pub fn index(&self, request: &HeaderMap) -> Response {
        with_cache(CHECKED, self.0.index(), request)
    }

    /// The response to `/assets/{version}/{name}`; `None` if there is no such file.
    #[must_use]
    pub fn file(&self, version: &str, name: &str, request: &HeaderMap) -> Option<Response> {
        let cache = if version == self.0.version() { FOR_EVER } else { CHECKED };
        Some(with_cache(cache, self.0.file(name)?, request))
    }
}

fn with_cache(cache: HeaderValue, asset: &Asset, request: &HeaderMap) -> Response {
    ([(header::CACHE_CONTROL, cache)], asset.answer(request)).into_response()
}
