//! `GET /api/flights/search/{id}`: the current state of a search.

use reqwest::StatusCode;
use test_kit::{System, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_state_has_the_answers_so_far_and_then_the_end() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "50-5000").start().await;
    let client = system.client();
    let id = client.submit().await;
    let (status, response) = client.state(&id).await;
    assert_eq!(status, StatusCode::OK);
    let data = &response["data"];
    assert_eq!((response["success"].as_bool(), data["status"].as_str()), (Some(true), Some("processing")));
    assert_eq!(
        (&data["from"], &data["to"], &data["date"]),
        (&"CGK".into(), &"DPS".into(), &"2025-07-10".into())
    );
    assert_eq!(data["passengers"], 2);
    for time in ["created_at", "deadline_at"] {
        assert!(data[time].as_str().is_some_and(|time| time.ends_with('Z')), "{data}");
    }

    eventually("some suppliers have answered, and not all", async || {
        let (_, response) = client.state(&id).await;
        let suppliers = response["data"]["suppliers"].as_array()?.len();
        let is_between = response["data"]["status"] == "processing" && suppliers > 0;
        is_between.then(|| assert!(response["data"]["first_answer_at"].is_string()))
    })
    .await;

    let end = client.result(&id).await.json();
    let (_, response) = client.state(&id).await;
    let data = &response["data"];
    for field in ["status", "results", "suppliers", "total", "elapsed_ms", "first_answer_ms"] {
        assert_eq!(data[field], end[field], "{field}");
        assert!(!data[field].is_null(), "{field}");
    }
    assert!(data["ended_at"].is_string());
}
