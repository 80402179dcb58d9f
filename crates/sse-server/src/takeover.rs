//! Which event streams are taken over from hyper, and how they get out of it.
//!
//! hyper keeps a buffer of 8 KiB for what it writes and one for what it may read: five times what the rest of an idle
//! stream needs. So it gets to see neither the head nor a byte of an event stream. Its service answers with an error,
//! a [`Takeover`]. hyper ends with it, has written nothing, and returns the socket.

use std::{error::Error, sync::Arc, time::SystemTime};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use hyper::{
    Method, Request, StatusCode, Version,
    header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderMap, TRANSFER_ENCODING},
};
use sync_wrapper::SyncWrapper;

use crate::EventStream;

/// An event stream that takes its connection over. An error can only be looked at where hyper returns it, so this is
/// cloned there.
#[derive(Clone, Debug, thiserror::Error)]
#[error("an event stream takes the connection over")]
pub(crate) struct Takeover {
    /// The response head, ready to be sent.
    pub(crate) head: Bytes,
    pub(crate) stream: EventStream,
    /// Whether another request may follow.
    pub(crate) keep_alive: bool,
    /// The body of the response. It is never read, but it holds what middleware keeps for as long as the response.
    pub(crate) guards: Arc<SyncWrapper<Body>>,
}

/// What a request says about how an event stream can be sent to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    takeover: bool,
    keep_alive: bool,
}

impl Asked {
    /// Only bodiless HTTP/1.1 GETs can be taken over: chunks need 1.1, the response to HEAD has none, and a body that
    /// hyper has not read would be taken for the next request.
    pub(crate) fn by<B: hyper::body::Body>(request: &Request<B>) -> Self {
        let is_bare_get = request.method() == Method::GET && request.body().is_end_stream();
        let takeover = is_bare_get && request.version() == Version::HTTP_11;
        Self { takeover, keep_alive: !wants_close(request.headers()) }
    }

    /// Takes over a response that is an event stream. Any other is hyper's to send, and so is a stream that
    /// middleware has encoded in another way than its own: its body is what the client is to get.
    pub(crate) fn take(self, mut response: Response) -> Result<Response, Takeover> {
        match response.extensions_mut().remove::<EventStream>() {
            Some(stream)
                if self.takeover
                    && response.status() == StatusCode::OK
                    && stream.is_encoded_as(response.headers()) =>
            {
                let (parts, body) = response.into_parts();
                let keep_alive = self.keep_alive && !wants_close(&parts.headers);
                let head = head(&parts.headers, keep_alive);
                Err(Takeover { head, stream, keep_alive, guards: Arc::new(SyncWrapper::new(body)) })
            }
            _ => Ok(response),
        }
    }
}

impl Takeover {
    /// The takeover that hyper ended with, if it was one.
    pub(crate) fn from_hyper(error: &hyper::Error) -> Option<Self> {
        error.source()?.downcast_ref().cloned()
    }
}

fn head(headers: &HeaderMap, keep_alive: bool) -> Bytes {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let ours = [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, DATE];
    for (name, value) in headers.iter().filter(|(name, _)| !ours.contains(name)) {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let connection = if keep_alive { "" } else { "connection: close\r\n" };
    let date = httpdate::fmt_http_date(SystemTime::now());
    let last = format!("{connection}transfer-encoding: chunked\r\ndate: {date}\r\n\r\n");
    head.extend_from_slice(last.as_bytes());
    head.into()
}

fn wants_close(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|option| option.trim().eq_ignore_ascii_case("close"))
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use futures_util::stream;
    use hyper::header::{CONTENT_ENCODING, HeaderValue};

    use super::*;
    use crate::Coding;

    fn get() -> hyper::http::request::Builder {
        Request::get("/")
    }

    fn stream() -> Response {
        EventStream::new(stream::pending::<Bytes>).into_response()
    }

    fn is_taken(request: hyper::http::request::Builder, body: &'static str, response: Response) -> bool {
        Asked::by(&request.body(Body::from(body)).unwrap()).take(response).is_err()
    }

    #[test]
    fn only_plain_streams_for_bodiless_gets_are_taken_over() {
        assert!(is_taken(get(), "", stream()));
        assert!(!is_taken(get(), "", "text".into_response()));
        assert!(!is_taken(get(), "a body", stream()));
        assert!(!is_taken(get().version(Version::HTTP_10), "", stream()));
        assert!(!is_taken(get().method(Method::HEAD), "", stream()));
        let failed = (StatusCode::NOT_FOUND, stream()).into_response();
        assert!(!is_taken(get(), "", failed));
        let encoded = ([(CONTENT_ENCODING, "gzip")], stream()).into_response();
        assert!(!is_taken(get(), "", encoded), "by middleware");
        let encoded = || EventStream::new(stream::pending::<Bytes>).coding(Coding::Gzip).into_response();
        assert!(is_taken(get(), "", encoded()));
        let other = ([(CONTENT_ENCODING, "br")], encoded()).into_response();
        assert!(!is_taken(get(), "", other));
    }

    #[test]
    fn the_connection_is_kept_unless_one_side_wants_it_closed() {
        let close = HeaderValue::from_static("x, Close");
        let taken = |request: hyper::http::request::Builder, response| {
            Asked::by(&request.body(Body::empty()).unwrap()).take(response).unwrap_err()
        };
        let kept = taken(get(), stream());
        assert!(kept.keep_alive && !kept.head.windows(11).any(|part| part == b"connection:"));
        for closed in [
            taken(get().header(CONNECTION, &close), stream()),
            taken(get(), ([(CONNECTION, close)], stream()).into_response()),
        ] {
            assert!(!closed.keep_alive);
            let head = str::from_utf8(&closed.head).unwrap();
            assert_eq!(head.matches("connection: close\r\n").count(), 1, "{head}");
        }
    }
}
