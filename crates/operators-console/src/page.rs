use axum::{Router, response::IntoResponse};
use rust_embed::Embed;

use crate::problem::Problem;

/// The files of the page. In a debug build they are read from the disk at the start, so that a change to one needs
/// no new build.
#[derive(Embed)]
#[folder = "web/page"]
struct Files;

/// The routes of the page.
pub(crate) fn router() -> Router {
    let not_found = || Problem::NotFound("not_found", "no such file".into()).into_response();
    pages::router::<Files, _>(not_found).method_not_allowed_fallback(async || Problem::MethodNotAllowed)
}
