use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use contracts::{envelope::Success, operators::LogFilter};

use crate::{
    problem::{Answer, Problem},
    state::Console,
};

/// `GET /log`.
pub(crate) async fn get(State(console): State<Arc<Console>>) -> Answer<LogFilter> {
    Ok(answer("Log filter", &console))
}

/// `PUT /log`.
pub(crate) async fn put(
    State(console): State<Arc<Console>>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<LogFilter> {
    let body = body.map_err(|_| Problem::TooLarge)?;
    let LogFilter { filter } = serde_json::from_slice(&body).map_err(|error| {
        Problem::Invalid(format!("the body must be like {{\"filter\":\"info\"}}: {error}"))
    })?;
    console.log.set(&filter).map_err(|error| Problem::Invalid(format!("the filter is invalid: {error}")))?;
    Ok(answer("Log filter changed, until this process ends", &console))
}

fn answer(message: &str, console: &Console) -> Json<Success<LogFilter>> {
    Json(Success::new(message, LogFilter { filter: console.log.current() }))
}
