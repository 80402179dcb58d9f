//! Clients that are refused, wherever that is done: counted, and answered in one way.

use std::sync::Arc;

use axum::{
    Extension,
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use sse_server::{ClientPermit, Peer, Refusal};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

use crate::app::App;
use crate::http::{Problem, api, body::pass_by, problem::Refused};

/// Counts the answers that refuse something.
pub(in crate::http) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(Refused(code)) = response.extensions().get() {
        app.refusals.count(code);
    }
    response
}

/// What a connection past a limit is told.
pub(in crate::http) async fn past_the_limit(
    Extension(refusal): Extension<Refusal>,
) -> (Extension<Refusal>, Problem) {
    let problem = match refusal {
        Refusal::TooManyConnections => Problem::TooManyConnections,
        Refusal::TooManyFromClient => Problem::TooManyFromClient,
    };
    (Extension(refusal), problem)
}

/// Limits how many requests and streams one client has under way behind a trusted proxy: the connection is the
/// proxy's, and counts for nobody.
pub(in crate::http) async fn limit_forwarded(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(Peer(peer)) = request.extensions().get().copied() else { return Ok(next.run(request).await) };
    let client = app.config.trusted_proxies.client(peer, request.headers());
    // A direct client's connections are counted already, and a proxy may ask for itself.
    if app.clients.applies_to(peer) || !app.clients.applies_to(client) || api::is_health(request.uri()) {
        return Ok(next.run(request).await);
    }
    let Some(permit) = app.clients.acquire(client) else {
        pass_by(request.into_body()).await;
        return Err(Problem::TooManyFromClient);
    };
    Ok(next.run(request).await.map(|body| Body::new(PermitBody { body, _permit: permit })))
}

/// A body for as long as which its client holds a permit.
struct PermitBody {
    body: Body,
    _permit: ClientPermit,
}

impl HttpBody for PermitBody {
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
