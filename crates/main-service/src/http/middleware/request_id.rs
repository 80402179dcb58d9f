//! A name for each request, in its answer and in the lines that are logged for it, so that a client's complaint
//! can be found in the logs.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

pub(in crate::http) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a client.
const LONGEST: usize = 128;

/// Keeps the client's id if it is sane, or makes one; both the logs and the answer tell it.
pub(in crate::http) async fn name(request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(made);
    // Of the highest level, so that it is told with whatever is logged.
    let span = tracing::error_span!("request", request_id = id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(X_REQUEST_ID, id);
    response
}

fn given(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(X_REQUEST_ID)?;
    let sane = (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
    sane.then(|| id.clone())
}

/// 32 hexadecimal digits.
fn made() -> HeaderValue {
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
    fn a_sane_id_is_kept() {
        assert_eq!(given(&headers(b"abc-1")).unwrap(), "abc-1");
        assert!(given(&headers(&[b'a'; 128])).is_some());
    }

    #[test]
    fn any_other_is_not() {
        for id in [b"" as &[u8], b"two words", b"\xff", &[b'a'; 129]] {
            assert_eq!(given(&headers(id)), None, "{id:?}");
        }
        assert_eq!(given(&HeaderMap::new()), None);
    }

    #[test]
    fn each_made_one_is_new() {
        assert_ne!(made(), made());
        assert_eq!(made().len(), 32);
    }
}
