//! Counts refusals, wherever they happen, and gives them one kind of response.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use sse_server::{HeldBody, Peer, Refusal};

use crate::app::App;
use crate::http::{
    api,
    body::pass_by,
    problem::{Problem, Refused},
};

/// Counts the responses that are refusals.
pub(in crate::http) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(Refused(code)) = response.extensions().get() {
        app.refusals.count(code);
    }
    response
}

/// The response to a connection beyond a limit.
pub(in crate::http) async fn past_the_limit(
    Extension(refusal): Extension<Refusal>,
) -> (Extension<Refusal>, Problem) {
    let problem = match refusal {
        Refusal::TooManyConnections => Problem::TooManyConnections,
        Refusal::TooManyFromClient => Problem::TooManyFromClient,
    };
    (Extension(refusal), problem)
}

/// Limits the concurrent requests and streams of one client behind a trusted proxy: the connection is the
/// proxy's, and counts for no client.
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
    Ok(next.run(request).await.map(|body| Body::new(HeldBody::new(body, permit))))
}
