use reqwest::{Method, StatusCode, header};
use test_kit::System;

use super::{add_gateway, add_worker, change, data, data_until};

#[tokio::test(flavor = "multi_thread")]
async fn another_site_s_page_changes_nothing_and_reads_nothing() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let gateway = add_gateway(&mut system, &[]).await;
    let entry = system.redis.add("flight.search.dead", &[("reason", "none"), ("entry_id", "1-0")]).await;
    let json = ("content-type", "application/json");
    for (headers, code) in [
        (vec![("content-type", "text/plain")], "unsupported_media_type"),
        (vec![], "unsupported_media_type"),
        (vec![json, ("origin", "http://evil.example")], "cross_site"),
        (vec![json, ("sec-fetch-site", "cross-site")], "cross_site"),
        (vec![json, ("sec-fetch-site", "same-site")], "cross_site"),
    ] {
        for (method, path) in [
            (Method::POST, format!("/api/dead-letters/{entry}/replay")),
            (Method::DELETE, format!("/api/dead-letters/{entry}")),
            (Method::PUT, "/log".to_owned()),
        ] {
            let mut request = gateway.request(method.clone(), &path).body(r#"{"filter":"off"}"#);
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let response = request.send().await.unwrap();
            let body = response.text().await.unwrap();
            assert!(body.contains(&format!("\"code\":\"{code}\"")), "{method} {path} {headers:?}: {body}");
        }
    }
    assert_eq!(data(&gateway, "/api/dead-letters").await["total"], 1);
    assert_eq!(data(&gateway, "/log").await["filter"], "info");

    let request = gateway.request(Method::GET, "/api/status").header("origin", "http://evil.example");
    let response = request.send().await.unwrap();
    assert!(!response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    assert_eq!(response.headers()["cross-origin-resource-policy"], "same-origin");
    let page = gateway.request(Method::GET, "/").send().await.unwrap();
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let (status, body) = change(&gateway, Method::POST, "/api/status", "").await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed")));
    let (status, body) = gateway.get("/api/nothing").await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_command_is_named_and_keeps_no_service_from_its_work() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let permit = "ACL SETUSER limited on >secret ~flight.search.* +@all -zcard -mget -zremrangebyscore -del";
    let _: () = system.redis.run(permit).await;
    system.settings.push(("REDIS_ADDR".into(), format!("redis://limited:secret@{}", system.redis.addr())));
    let operators = add_gateway(&mut system, &[]).await;
    add_worker(&mut system, &[]).await;
    let client = system.client();
    assert_eq!(client.result(&client.submit().await).await.json()["status"], "completed");

    let status =
        data_until(&operators, "/api/status", "the queue is read", |status| status["queue"].is_object())
            .await;
    assert_eq!(status["unread"][0]["code"], "redis_forbids");
    let message = status["unread"][0]["message"].as_str().unwrap();
    for command in [
        "ZCARD on flight.search.open",
        "MGET on flight.search.worker:*",
        "ZREMRANGEBYSCORE on flight.search.gateways",
    ] {
        assert!(message.contains(command), "{message}");
    }
    assert_eq!(status["problems"], serde_json::json!([]));
    let (code, body) = operators.get("/api/workers").await;
    assert_eq!(
        (code, body["code"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("redis_forbids")),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_redis_would_stop_halfway_is_not_begun() {
    let mut system = System::builder().gateways(0).workers(0).start().await;
    let permit = "ACL SETUSER limited on >secret %R~flight.search.dead ~flight.search.[^d]* +@all";
    let _: () = system.redis.run(permit).await;
    system.settings.push(("REDIS_ADDR".into(), format!("redis://limited:secret@{}", system.redis.addr())));
    let operators = add_gateway(&mut system, &[]).await;
    let entry = system.redis.add("flight.search.dead", &[("reason", "none"), ("entry_id", "1-0")]).await;
    let path = format!("/api/dead-letters/{entry}/replay");
    let (code, body) = change(&operators, Method::POST, &path, "").await;
    assert_eq!(
        (code, body["code"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("redis_forbids")),
        "{body}"
    );
    assert!(body["message"].as_str().unwrap().contains("XDEL on flight.search.dead"), "{body}");
    assert_eq!(system.redis.run::<usize>("XLEN flight.search.dead").await, 1);
    assert_eq!(system.redis.run::<usize>("XLEN flight.search.requested").await, 0);
}
