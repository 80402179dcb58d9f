//! Gives each request an id, in its response and its log lines, so that a client's report can be found in the logs.
//!
//! tower-http's `SetRequestIdLayer` and `PropagateRequestIdLayer` would not make this shorter: they keep any id that a
//! client sends, and open no span, so both would remain here beside two more layers.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

pub(in crate::http) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id accepted from a client.
const MAX_LENGTH: usize = 128;

/// Uses the client's id if it is valid, or else a new one.
pub(in crate::http) async fn set_request_id(request: Request, next: Next) -> Response {
    let id = from_client(request.headers()).unwrap_or_else(random);
    // At the highest level, so that it appears in every log line.
    let span = tracing::error_span!("request", request_id = id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(X_REQUEST_ID, id);
    response
}

fn from_client(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(X_REQUEST_ID)?;
    let is_valid = (1..=MAX_LENGTH).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
    is_valid.then(|| id.clone())
}

/// 32 hexadecimal digits.
fn random() -> HeaderValue {
    let id = format!("{:032x}", rand::random::<u128>());
    HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(id: &[u8]) -> HeaderMap {
        [(X_REQUEST_ID, HeaderValue::from_bytes(id).unwrap())].into_iter().collect()
    }

    #[test]
    fn a_valid_id_is_kept() {
        assert_eq!(from_client(&headers(b"abc-1")).unwrap(), "abc-1");
        assert!(from_client(&headers(&[b'a'; 128])).is_some());
    }

    #[test]
    fn an_invalid_id_is_replaced() {
        for id in [b"" as &[u8], b"two words", b"\xff", &[b'a'; 129]] {
            assert_eq!(from_client(&headers(id)), None, "{id:?}");
        }
        assert_eq!(from_client(&HeaderMap::new()), None);
    }

    #[test]
    fn random_ids_differ() {
        assert_ne!(random(), random());
        assert_eq!(random().len(), 32);
    }
}
