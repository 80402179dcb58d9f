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

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn the_document_loads_few_files() {
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        let index =
            String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().into()).unwrap();
        let assets = index.split('"').filter(|part| part.starts_with("/assets/"));
        let names: Vec<_> = assets.filter_map(|path| path.rsplit('/').next()).collect();
        assert_eq!(names, ["icon.svg", "styles.css", "modules.js"]);
    }
}
