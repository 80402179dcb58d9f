use reqwest::{Method, StatusCode};
use serde_json::json;
use test_kit::{System, eventually};

use super::{add_gateway, add_worker, change, data};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_filter_is_changed_while_the_service_runs() {
    for format in ["text", "json"] {
        let mut system = System::builder().gateways(0).workers(0).set("LOG_FORMAT", format).start().await;
        add_gateway(&mut system, &[]).await;
        let worker = add_worker(&mut system, &[]).await;
        let client = system.client();
        assert_eq!(data(&worker, "/log").await, json!({"filter": "info"}));
        client.result(&client.submit().await).await;
        assert!(!system.workers[0].log().contains("supplier answered"));

        let body = r#"{"filter":"info,suppliers=debug"}"#;
        let (status, body) = change(&worker, Method::PUT, "/log", body).await;
        assert_eq!((status, &body["data"]["filter"]), (StatusCode::OK, &json!("info,suppliers=debug")));
        client.result(&client.submit().await).await;
        eventually("it is logged", async || {
            system.workers[0].log().contains("supplier answered").then_some(())
        })
        .await;
        assert!(system.workers[0].log().contains("log filter changed"));

        let (status, body) = change(&worker, Method::PUT, "/log", r#"{"filter":"warn"}"#).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let before = system.workers[0].log().matches("job taken").count();
        client.result(&client.submit().await).await;
        assert_eq!(system.workers[0].log().matches("job taken").count(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_filter_changes_nothing() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let gateway = add_gateway(&mut system, &[]).await;
    for body in
        [r#"{"filter":"info,broker=loud"}"#, r#"{"filter":""}"#, "{}", "info", r#"{"filter":"info","x":1}"#]
    {
        let (status, answer) = change(&gateway, Method::PUT, "/log", body).await;
        assert_eq!(
            (status, answer["code"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_request")),
            "{body}"
        );
        assert!(answer["message"].as_str().unwrap().contains("filter"), "{answer}");
    }
    let (status, answer) = change(&gateway, Method::PUT, "/log", &"x".repeat(20_000)).await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("body_too_large")));
    assert_eq!(data(&gateway, "/log").await, json!({"filter": "info"}));
}
