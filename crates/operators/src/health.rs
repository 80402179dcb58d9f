use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// A reason why a service can't do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable identifier, for programs.
    pub code: &'static str,
    /// The problem, for people.
    pub message: String,
}

pub(crate) fn live() -> Response {
    answer(StatusCode::OK, "live", &[])
}

pub(crate) fn ready(problems: &[Problem]) -> Response {
    match problems {
        [] => answer(StatusCode::OK, "ready", &[]),
        problems => answer(StatusCode::SERVICE_UNAVAILABLE, "not_ready", problems),
    }
}

fn answer(code: StatusCode, status: &str, problems: &[Problem]) -> Response {
    let problems: Vec<Value> = problems
        .iter()
        .map(|Problem { code, message }| json!({ "code": code, "message": message }))
        .collect();
    (code, Json(json!({ "status": status, "problems": problems }))).into_response()
}
