//! Reading the body of a POST.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use futures_util::StreamExt;

use super::problem::Problem;

/// The largest body that is taken. The longest sensible search has a few hundred bytes.
pub(super) const MAX_BODY: usize = 16 * 1024;
/// How much more of a body that is too large is read and thrown away, for the same reason as in [`pass_by`].
const FORGIVEN: usize = 1024 * 1024;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The bytes of a body that says it is JSON.
pub(super) async fn read_json(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json");
    let read = tokio::time::timeout(PATIENCE, read(body)).await.unwrap_or(Err(Problem::BodyTooSlow));
    if is_json { read } else { Err(Problem::ContentType) }
}

/// Reads what is of no interest any more: who is still sending when the connection is closed does not get to see
/// the answer.
pub(super) async fn pass_by(body: Body) {
    // What it was, and whether it came to an end, makes no difference.
    let _ = tokio::time::timeout(PATIENCE, read(body)).await;
}

async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::Body("the body was cut off".into()))?;
        seen += chunk.len();
        if seen <= MAX_BODY {
            bytes.extend_from_slice(&chunk);
        } else if seen > FORGIVEN {
            break;
        }
    }
    if seen <= MAX_BODY { Ok(bytes) } else { Err(Problem::BodyTooLarge { limit: MAX_BODY }) }
}
