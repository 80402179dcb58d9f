//! The HTTP client that all suppliers share, and what an unsuccessful response means.

mod error_response;
mod retry_after;

use std::{sync::Arc, time::Duration};

use airports::Airports;
use contracts::TraceContext;
use reqwest::{
    Client, Request, Response,
    header::HeaderValue,
    redirect::{Attempt, Policy},
};
use rustls::crypto::ring;

use crate::{error::SupplierError, memory_budget::MemoryBudget, offers::OfferCollector};

pub(crate) use error_response::{ErrorResponse, status_error};
pub(crate) use retry_after::{parse_delay, retry_after};

/// The time limit for opening a connection, TLS included. The supplier's `timeout_ms` covers the whole call.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 3;

/// What a supplier needs to call an HTTP API.
#[derive(Clone)]
pub(crate) struct HttpContext {
    pub(crate) client: Client,
    pub(crate) budget: MemoryBudget,
    pub(crate) airports: Arc<Airports>,
}

/// A client for all suppliers. It keeps connections open per host.
pub(crate) fn new_client() -> Result<Client, reqwest::Error> {
    // reqwest has no TLS provider of its own. Fails if the process has chosen one already, which is fine.
    let _ = ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("flight-search/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::custom(redirect))
        .referer(false)
        .build()
}

/// Follows redirects only within the same origin, because the headers may contain the supplier's keys.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let other_origin =
        attempt.previous().first().is_some_and(|first| first.origin() != attempt.url().origin());
    if other_origin || attempt.previous().len() > MAX_REDIRECTS {
        attempt.error("redirects in a loop or to another host")
    } else {
        attempt.follow()
    }
}

/// Sends a request, in this trace. The response may have any status.
pub(crate) async fn send(
    client: &Client,
    mut request: Request,
    trace: Option<&TraceContext>,
) -> Result<Response, SupplierError> {
    for (name, value) in trace.into_iter().flat_map(TraceContext::fields) {
        // Always a valid header: these are digits and printable ASCII.
        if let Ok(value) = HeaderValue::try_from(value) {
            request.headers_mut().insert(name, value);
        }
    }
    client.execute(request).await.map_err(connection_error)
}

/// Sends a request, in this trace, and records it and the response if `offers` has a transcript.
pub(crate) async fn send_recorded(
    client: &Client,
    request: Request,
    trace: Option<&TraceContext>,
    offers: &mut OfferCollector<'_>,
) -> Result<Response, SupplierError> {
    if let Some(transcript) = offers.transcript() {
        transcript.sent(&request);
    }
    let response = send(client, request, trace).await?;
    if let Some(transcript) = offers.transcript() {
        transcript.received(&response);
    }
    Ok(response)
}

/// Converts a transport error. Drops its URL, which may contain a key.
pub(crate) fn connection_error(error: reqwest::Error) -> SupplierError {
    if error.is_redirect() {
        return SupplierError::Redirect;
    }
    SupplierError::Connection(Box::new(error.without_url()))
}
