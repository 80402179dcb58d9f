use reqwest::{Response, StatusCode, header::HeaderMap};

use crate::error::{Retry, SupplierError};

/// How much of an error response's body is read.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// A response with an unsuccessful status, and the start of its body.
pub(crate) struct ErrorResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl ErrorResponse {
    /// Reads the body of an error response. If the connection breaks, the body is what came before.
    pub(crate) async fn read(mut response: Response) -> Self {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await
            && body.len() < MAX_BODY_BYTES
        {
            let remaining = MAX_BODY_BYTES - body.len();
            body.extend_from_slice(chunk.get(..remaining).unwrap_or(&chunk));
        }
        Self { status, headers, body }
    }
}

/// The error for an unsuccessful status. `retry` applies if the status is temporary; others are never retried.
pub(crate) fn status_error(status: StatusCode, detail: String, retry: Retry) -> SupplierError {
    let is_temporary = matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502..=504);
    SupplierError::Status {
        status: status.as_u16(),
        detail,
        retry: if is_temporary { retry } else { Retry::Never },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_temporary_statuses_are_retried() {
        let retry = |status| {
            status_error(StatusCode::from_u16(status).unwrap(), String::new(), Retry::Backoff).retry()
        };
        for status in [408, 429, 500, 503] {
            assert_eq!(retry(status), Retry::Backoff, "{status}");
        }
        for status in [302, 400, 401, 404, 422, 501] {
            assert_eq!(retry(status), Retry::Never, "{status}");
        }
    }
}
