//! `flight-search ops`, against an operators' port that answers as a service does.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{command::Run, gateway::ID};

/// What the port was asked: method, path and query, body.
type Asked = Arc<Mutex<Vec<(Method, String, String)>>>;

/// A port that gives every request this response.
async fn port(status: StatusCode, body: Value) -> (String, Asked) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let router = Router::new().fallback(answer).with_state((Arc::clone(&asked), status, body));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

async fn answer(
    State((asked, status, body)): State<(Asked, StatusCode, Value)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Response {
    if !method.is_safe() {
        assert_eq!(headers["content-type"], "application/json");
    }
    let sent = String::from_utf8(sent.into()).unwrap();
    asked.lock().unwrap().push((method, uri.to_string(), sent));
    (status, Json(body)).into_response()
}

async fn answering(data: Value) -> (String, Asked) {
    port(StatusCode::OK, json!({"success": true, "message": "", "data": data})).await
}

fn ops(url: &str, words: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flight-search"));
    for variable in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(variable);
    }
    command.env("FLIGHT_SEARCH_OPERATORS_URL", url).stdin(Stdio::null());
    command.arg("ops").args(words.split(' ')).output().unwrap().into()
}

fn status(problems: &Value) -> Value {
    json!({"service": "gateway", "version": "0.1.0", "read_at": 1, "problems": problems, "warnings": [
        {"code": "no_worker", "message": "no worker is alive"}], "unread": [],
        "redis": {"version": "7.0.15", "role": "master", "replicas": 0, "uptime_seconds": 90,
            "memory_used_bytes": 1_048_576, "memory_limit_bytes": 2_097_152, "eviction_policy": "noeviction",
            "append_only": true, "append_only_ok": true, "clock_skew_ms": -2},
        "queue": {"waiting": 300, "in_progress": 2, "oldest_ms": 61_000, "uncounted": 44,
            "ages": [{"over_ms": 60_000, "jobs": 6}, {"over_ms": 1000, "jobs": 250}]},
        "workers": {"alive": 1, "silent": 1}, "gateways": [{"name": "g", "version": "0.1.0", "seen_at": 1}],
        "open_searches": 302, "dead_letters": 4, "from_the_future": true})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_is_shown_with_its_warnings() {
    let (url, asked) = answering(status(&json!([]))).await;
    let run = ops(&url, "status");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for line in [
        "warning: no worker is alive (no_worker)",
        "workers         1 alive, 1 silent",
        "queue           300 waiting, 2 in progress, the oldest for 61 s",
        "waiting by age  6 over 60 s, 250 over 1.0 s, 44 younger",
        "Redis' memory   1 MiB of 2 MiB (50 %)",
    ] {
        assert!(run.stdout.lines().any(|shown| shown == line), "{line}\n{}", run.stdout);
    }
    assert_eq!(asked.lock().unwrap()[0].1, "/api/status");
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_change_the_exit_code() {
    let (url, _) =
        answering(status(&json!([{"code": "not_ready", "message": "Redis does not answer"}]))).await;
    let run = ops(&url, "status");
    assert_eq!(run.code, 3);
    assert!(run.stdout.starts_with("PROBLEM: Redis does not answer (not_ready)\n"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_printed_as_received() {
    let data = status(&json!([]));
    let (url, _) = answering(data.clone()).await;
    let run = ops(&url, "status --json");
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1));
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_and_suppliers_are_tables_whose_text_can_t_control_the_terminal() {
    let job = json!({"entry": "1-0", "search_id": ID, "deliveries": 2, "age_ms": 5000, "lease_idle_ms": 1,
        "for_ms": 3000});
    let worker = json!({"name": "w\u{1b}[2J", "is_alive": true, "idle_ms": 1, "in_progress": 1, "jobs": [job],
        "snapshot": null});
    let (url, _) = answering(json!({"workers": [worker], "more": 3})).await;
    let run = ops(&url, "workers");
    assert!(run.stdout.contains("w[2J") && !run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
    assert!(run.stdout.contains(ID) && run.stdout.contains("3 workers more."), "{}", run.stdout);

    let at = json!({"worker": "w", "at": 1, "code": "GA", "name": "Garuda", "breaker": "half_open", "in_flight": 1,
        "calls": 9, "failures": 5, "calls_last_minute": 4, "failures_last_minute": 2,
        "last_error": {"at": 0, "cause": "HTTP status 500"}});
    let (url, _) = answering(json!({"left_out": 0, "suppliers": [
        {"code": "GA", "name": "Garuda", "workers": [at]}]}))
    .await;
    let run = ops(&url, "suppliers");
    assert!(run.stdout.contains("half-open"), "{}", run.stdout);
    assert!(run.stdout.contains("1970-01-01T00:00:00.000Z HTTP status 500"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_s_history_is_told_in_order() {
    let report = json!({"code": "GA", "name": "Garuda", "status": "ok", "elapsed_ms": 940, "offers": 3});
    let history = json!({"search_id": ID, "status": "completed", "from": "CGK", "to": "DPS", "date": "2027-07-10",
        "accepted_at": 0, "ended_at": 2000, "answers": 1, "deadline_at": 60_000, "passengers": "2", "suppliers": null,
        "job": null, "gaps": ["the result log no longer says when each supplier answered"], "events": [
            {"event": "accepted", "at": 0},
            {"event": "answered", "at": null, "seq": 1, "report": report},
            {"event": "ended", "at": 2000, "status": "completed", "offers": 3, "elapsed_ms": 2000, "reason": null,
             "unanswered": []}]});
    let (url, asked) = answering(history).await;
    let run = ops(&url, &format!("searches {ID}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let at = |text: &str| run.stdout.find(text).unwrap_or_else(|| panic!("no {text} in\n{}", run.stdout));
    assert!(
        at("accepted") < at("GA ok after 940 ms, 3 offers")
            && at("GA ok") < at("completed after 2000 ms, 3 offers")
    );
    assert!(run.stdout.contains("Note: the result log no longer says"));
    assert_eq!(asked.lock().unwrap()[0].1, format!("/api/searches/{ID}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_says_which_search_it_is_and_is_asked_for_once() {
    let (url, asked) = answering(json!({"search_id": ID, "is_new": true, "job": "2-0"})).await;
    let run = ops(&url, "dead replay 1-0");
    assert_eq!(run.stdout, format!("Its search had ended, so this is a new search: {ID} (job 2-0).\n"));
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    assert_eq!((&asked[0].0, asked[0].1.as_str()), (&Method::POST, "/api/dead-letters/1-0/replay"));

    let (url, _) = answering(json!({"search_id": ID, "is_new": false, "job": "2-0"})).await;
    assert!(
        ops(&url, "dead replay 1-0")
            .stdout
            .starts_with("Its search has not ended, so it was delivered again")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_shown_and_dropped() {
    let letter = json!({"entry": "1-0", "buried_at": 0, "reason": "3 workers died", "search_id": null,
        "fields": [{"name": "x", "value": "yyy", "is_cut": true}]});
    let (url, asked) = answering(json!({"total": 120, "dead_letters": [letter], "next": "1-0"})).await;
    let run = ops(&url, "dead list -n 1 --before 5-0");
    assert!(run.stdout.ends_with("120 dead letters in all. More: --before 1-0\n"), "{}", run.stdout);
    assert_eq!(asked.lock().unwrap()[0].1, "/api/dead-letters?limit=1&before=5-0");

    let (url, _) = answering(letter).await;
    assert!(ops(&url, "dead show 1-0").stdout.ends_with("x       yyy …\n"));
    let (url, asked) = answering(json!({"entry": "1-0"})).await;
    assert_eq!(ops(&url, "dead drop 1-0").stdout, "Dropped 1-0.\n");
    assert_eq!(asked.lock().unwrap()[0].0, Method::DELETE);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_filter_is_shown_and_changed() {
    let (url, asked) = answering(json!({"filter": "info"})).await;
    assert_eq!(ops(&url, "log").stdout, "info\n");
    ops(&url, "log info,broker=debug");
    let asked = asked.lock().unwrap();
    assert_eq!(asked[0].0, Method::GET);
    assert_eq!((&asked[1].0, asked[1].2.as_str()), (&Method::PUT, r#"{"filter":"info,broker=debug"}"#));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_is_wrong_by_text_and_exit_code() {
    let failure = |code: &str, message: &str| json!({"success": false, "code": code, "message": message});
    let gone = failure("no_such_dead_letter", "there is no dead letter 1-0");
    let (url, _) = port(StatusCode::NOT_FOUND, gone).await;
    let run = ops(&url, "dead replay 1-0");
    assert_eq!((run.code, run.stderr.as_str()), (2, "flight-search: there is no dead letter 1-0\n"));

    let forbidden = failure("redis_forbids", "Redis forbids its user ZCARD");
    let (url, _) = port(StatusCode::SERVICE_UNAVAILABLE, forbidden).await;
    let run = ops(&url, "searches");
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("Redis forbids its user ZCARD"), "{}", run.stderr);

    let (url, _) = port(StatusCode::NOT_FOUND, json!("nothing")).await;
    let run = ops(&url, "workers");
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("is not the operators' port of flight-search"), "{}", run.stderr);
    assert!(run.stderr.contains("check --operators-url"), "{}", run.stderr);

    let run = ops("http://127.0.0.1:1", "status");
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("can't reach http://127.0.0.1:1"), "{}", run.stderr);
    assert_eq!(ops("http://127.0.0.1:1", "dead drop nonsense").code, 2);
}
