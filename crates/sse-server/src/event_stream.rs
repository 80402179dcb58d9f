use std::{convert::Infallible, fmt, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};

use crate::{Coding, Frame, frames::Frames, heartbeat};

/// A response that is a stream of Server-Sent Events: what a handler returns.
///
/// As a response it is complete: it has a body, which any server sends as any other. The stream itself is also an
/// extension of the response, and by that [`Server`](crate::Server) recognises it. It writes the stream itself where
/// it can, and leaves the body unread.
///
/// The first frame is a `retry:`, then come the source's, with a heartbeat whenever there was none for a while.
///
/// ```
/// # use bytes::Bytes;
/// # use futures_util::stream;
/// # use sse_server::EventStream;
/// async fn handler() -> EventStream {
///     EventStream::new(|| stream::iter([Bytes::from_static(b"data: hello\n\n")]))
/// }
/// ```
#[derive(Clone)]
pub struct EventStream {
    subscribe: Arc<dyn Fn() -> BoxStream<'static, Frame> + Send + Sync>,
    coding: Coding,
    heartbeat: Duration,
    max_age: Option<Duration>,
}

impl EventStream {
    /// The stream of the frames that `subscribe` gives. They are shared, not copied. It is called when the stream is
    /// about to be written, and may be called again: an extension can be cloned.
    pub fn new<S>(subscribe: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item: Into<Frame>> + Send + 'static,
    {
        let subscribe = Arc::new(move || subscribe().map(Into::into).boxed());
        Self { subscribe, coding: Coding::Identity, heartbeat: heartbeat::INTERVAL, max_age: None }
    }

    /// Encodes the stream, and says so in the response; not unless set. [`Coding::preferred`] is what the client wants.
    #[must_use]
    pub fn coding(self, coding: Coding) -> Self {
        Self { coding, ..self }
    }

    /// Sends a comment after this long without a frame; 15 s unless set.
    #[must_use]
    pub fn heartbeat(self, heartbeat: Duration) -> Self {
        Self { heartbeat, ..self }
    }

    /// Ends the stream when it has been open for this long, and sends the client away to reconnect; never unless set.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        Self { max_age: Some(max_age), ..self }
    }

    pub(crate) fn open(&self) -> Frames {
        Frames::new((self.subscribe)(), self.coding, self.heartbeat, self.max_age)
    }

    /// Whether these are the headers that it has as a response, as far as its coding goes.
    pub(crate) fn is_encoded_as(&self, headers: &HeaderMap) -> bool {
        headers.get(header::CONTENT_ENCODING) == self.coding.content_encoding().as_ref()
    }

    /// The stream as a body, opened when it is first read.
    fn body(self) -> Body {
        let mut frames = None;
        let read = move |cx: &mut std::task::Context<'_>| {
            let frames = frames.get_or_insert_with(|| self.open().into_stream().boxed());
            frames.poll_next_unpin(cx).map(|frame| frame.map(Ok::<_, Infallible>))
        };
        Body::from_stream(stream::poll_fn(read))
    }
}

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        let mut response = self.clone().body().into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = self.coding.content_encoding() {
            headers.insert(header::CONTENT_ENCODING, coding);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subscribe: _, coding, heartbeat, max_age } = self;
        f.debug_struct("EventStream")
            .field("coding", coding)
            .field("heartbeat", heartbeat)
            .field("max_age", max_age)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn its_body_is_encoded_too() {
        let stream = EventStream::new(|| stream::iter(["data: 1\n\n"])).coding(Coding::Gzip);
        let response = stream.into_response();
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        let text = std::io::read_to_string(flate2::read::GzDecoder::new(&body[..])).unwrap();
        assert_eq!(text, "retry: 1000\ndata: 1\n\n");
    }

    #[tokio::test]
    async fn its_body_says_the_same_to_any_other_server() {
        let response = EventStream::new(|| stream::iter(["data: 1\n\n"])).into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, "retry: 1000\ndata: 1\n\n");
    }
}
