use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// A response body that holds a value, such as a permit, and drops it once the body has been sent or abandoned.
///
/// It also works for an [`EventStream`](crate::EventStream): the body is kept as long as the stream, although the
/// server does not read it.
///
/// ```
/// # use axum::{body::Body, response::Response};
/// # use sse_server::HeldBody;
/// fn hold<T: Send + Unpin + 'static>(response: Response, permit: T) -> Response {
///     response.map(|body| Body::new(HeldBody::new(body, permit)))
/// }
/// ```
#[derive(Debug)]
pub struct HeldBody<T> {
    body: Body,
    _held: T,
}

impl<T> HeldBody<T> {
    /// Holds `held` for as long as `body` exists.
    pub fn new(body: Body, held: T) -> Self {
        Self { body, _held: held }
    }
}

impl<T: Unpin> HttpBody for HeldBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
