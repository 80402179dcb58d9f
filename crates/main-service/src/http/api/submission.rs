//! What the POSTs of searches and of price checks have in common.

use axum::http::StatusCode;
use traces::Span;
use utoipa::IntoParams;

use crate::{http::problem::Problem, spans};

/// The headers of a POST.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes the headers; they are read as they are")]
pub(super) struct SubmissionHeaders {
    /// Identifies this submission: 1 to 255 visible ASCII characters.
    #[param(
        rename = "Idempotency-Key",
        pattern = "^[!-~]+$",
        min_length = 1,
        max_length = 255,
        example = "3f1c6d1e"
    )]
    idempotency_key: Option<String>,
    /// The trace that the search or check is to belong to, as [W3C](https://www.w3.org/TR/trace-context/) has it. Ignored
    /// if it is invalid, or if the service records no traces.
    #[param(example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    traceparent: Option<String>,
}

/// Handles a POST within its span, which notes the status of the response.
pub(super) async fn within<T>(
    mut span: Span,
    handle: impl AsyncFnOnce(&mut Span) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let response = handle(&mut span).await;
    spans::answered(&mut span, response.as_ref().map_or_else(Problem::status, |_| StatusCode::OK));
    response
}
