//! Measures requests and compression.

use std::{sync::Arc, time::Instant};

use axum::{
    BoxError,
    body::{Body, Bytes, HttpBody},
    extract::{MatchedPath, Request, State},
    http::header::CONTENT_ENCODING,
    middleware::Next,
    response::Response,
};
use futures_util::TryStreamExt;

use crate::{app::App, metrics::Compression};

/// Counts a request and measures how long its response takes.
pub(in crate::http) async fn requests(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let (route, method) = (request.extensions().get::<MatchedPath>().cloned(), request.method().clone());
    let response = next.run(request).await;
    let route = route.as_ref().map(MatchedPath::as_str);
    app.metrics.requests.answered(route, &method, response.status(), begun.elapsed());
    response
}

/// The size of a body before it may be compressed: an extension of the response.
#[derive(Clone, Copy)]
struct Uncompressed(u64);

/// Notes the size of a body that is not compressed yet. For responses that go into a compression layer.
pub(in crate::http) fn note_size(mut response: Response) -> Response {
    match response.body().size_hint().exact() {
        Some(bytes) if !response.headers().contains_key(CONTENT_ENCODING) => {
            response.extensions_mut().insert(Uncompressed(bytes));
        }
        _ => {}
    }
    response
}

/// Counts the bytes of a compressed body. For responses that come out of a compression layer.
pub(in crate::http) fn count_compressed<B>(response: Response<B>, compression: &Arc<Compression>) -> Response
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let response = response.map(Body::new);
    match response.extensions().get() {
        Some(Uncompressed(bytes)) if response.headers().contains_key(CONTENT_ENCODING) => {
            compression.before(*bytes);
        }
        _ => return response,
    }
    let compression = Arc::clone(compression);
    response.map(|body| {
        Body::from_stream(body.into_data_stream().inspect_ok(move |piece| compression.after(piece.len())))
    })
}
