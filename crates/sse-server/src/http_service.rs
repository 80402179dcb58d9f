use std::convert::Infallible;

use axum::response::Response;
use hyper::{Request, body::Incoming};

/// What answers requests: an [`axum::Router`], or any service of its kind.
pub trait HttpService:
    tower::Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> HttpService for S where
    S: tower::Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}
