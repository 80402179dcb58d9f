use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use tower::ServiceExt;

use super::*;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const CHECKED: &str = "no-cache";

async fn get(path: &str, further: &[(&str, &str)]) -> Response {
    let mut request = Request::get(path);
    for (name, value) in further {
        request = request.header(*name, *value);
    }
    router::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().into()).unwrap()
}

/// Everything that `/` names.
async fn named_assets() -> Vec<String> {
    let index = text(get("/", &[]).await).await;
    index.split('"').filter(|part| part.starts_with("/assets/")).map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn the_page_is_checked_again_each_time_and_allows_nothing_from_elsewhere() {
    let response = get("/", &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers();
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"));

    let etag = headers[header::ETAG].to_str().unwrap().to_owned();
    let again = get("/", &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()[header::ETAG].to_str().unwrap(), etag);
    assert_eq!(again.headers()[header::CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn whatever_the_page_names_is_there_to_be_kept_for_ever() {
    let named = named_assets().await;
    assert!(named.len() > 3, "{named:?}");
    for path in named {
        let response = get(&path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], FOR_EVER, "{path}");
    }
}

#[tokio::test]
async fn the_document_loads_few_files() {
    let named = named_assets().await;
    let files: Vec<_> = named.iter().filter_map(|path| path.rsplit('/').next()).collect();
    assert_eq!(files, ["language.js", "icon.svg", "styles.css", "print.css", "modules.js"]);
}

#[tokio::test]
async fn another_release_s_version_gets_what_there_is_but_not_for_ever() {
    let response = get("/assets/0000000000000000/main.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CACHE_CONTROL], CHECKED);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
}

#[tokio::test]
async fn an_unknown_file_is_not_found() {
    for path in ["/assets/0/nothing.js", "/assets/0/..%2fCargo.toml", "/assets/0/index.html"] {
        assert_eq!(get(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
