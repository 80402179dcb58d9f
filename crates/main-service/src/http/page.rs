//! The page at `/` and its assets, all compiled into the program: see [`pages`].

use axum::{Router, response::IntoResponse};
use rust_embed::Embed;

use super::problem::Problem;

/// The files of the page. In a debug build they are read from the disk at the start, so that a change to one needs
/// no new build.
#[derive(Embed)]
#[folder = "web/page"]
struct Files;

/// The routes of the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    pages::router::<Files, _>(|| Problem::NoSuchRoute.into_response())
}

#[cfg(test)]
mod tests;
