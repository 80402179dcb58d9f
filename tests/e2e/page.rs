//! The page over HTTP, and the requests of its form. `tests/browser` tests its behaviour.

use reqwest::{Method, Response, StatusCode, header};
use test_kit::System;

async fn get(system: &System, path: &str, accept_encoding: &str) -> Response {
    let request = system.client().request(Method::GET, path).header(header::ACCEPT_ENCODING, accept_encoding);
    request.send().await.unwrap()
}

#[tokio::test]
async fn the_page_is_compressed_revalidated_and_cannot_be_framed() {
    let system = System::start().await;
    let page = get(&system, "/", "gzip, deflate, br").await;
    assert_eq!(page.status(), StatusCode::OK);
    let headers = page.headers();
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("frame-ancestors 'none'"));

    let etag = headers[header::ETAG].clone();
    let request = system.client().request(Method::GET, "/").header(header::ACCEPT_ENCODING, "gzip");
    let again = request.header(header::IF_NONE_MATCH, etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let missing = get(&system, "/assets/0/nothing.js", "gzip").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn responses_are_compressed() {
    let system = System::start().await;
    let id = system.client().submit().await;
    let state = get(&system, &format!("/api/flights/search/{id}"), "gzip").await;
    assert_eq!(state.headers()[header::CONTENT_ENCODING], "gzip");
}

#[tokio::test]
async fn airports_are_suggested_the_likeliest_first() {
    let system = System::start().await;
    let client = system.client();
    let (status, body) = client.get("/api/airports?q=jak").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["data"][0]["code"], "CGK");
    assert!(body["data"].as_array().unwrap().len() <= 8);
    let (_, body) = client.get("/api/airports?q=san&limit=50").await;
    assert_eq!(body["data"].as_array().unwrap().len(), 50);
    for (query, field) in
        [("", "q"), ("?q=%20", "q"), ("?q=jak&limit=0", "limit"), ("?q=jak&limit=51", "limit")]
    {
        let (status, body) = client.get(&format!("/api/airports{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(body["errors"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn a_state_lists_the_asked_suppliers_and_a_wrong_code_gets_a_suggestion() {
    let system = System::start().await;
    let client = system.client();
    let suppliers = test_kit::eventually("the suppliers are known", async || {
        let (_, body) = client.get("/api/suppliers").await;
        body["data"].as_array().filter(|suppliers| !suppliers.is_empty()).cloned()
    })
    .await;
    let id = client.submit().await;
    assert_eq!(client.state(&id).await.1["data"]["asked"], serde_json::Value::Array(suppliers));

    let mut body = test_kit::client::example();
    body["suppliers"] = serde_json::json!(["GA"]);
    let (_, response) = client.post(&body).await;
    let state = client.state(response["data"]["search_id"].as_str().unwrap()).await.1;
    assert_eq!(state["data"]["asked"], serde_json::json!([{"code": "GA", "name": "Garuda Indonesia"}]));

    body["from"] = "CGX".into();
    let (status, response) = client.post(&body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(response["errors"][0]["suggestion"], "CGK");
}
