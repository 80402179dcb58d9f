//! What the kinds that ask over HTTP have in common: one client and its pool of connections, and what an
//! unsuccessful answer means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{
    Client, Request, Response, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
    redirect::{Attempt, Policy},
};
use rustls::crypto::ring;

use super::{Retry, SupplierError};

/// Establishing a connection, TLS included; what follows is the supplier's timeout.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Redirects beyond these are a circle.
const MAX_REDIRECTS: usize = 3;

/// As much of an unsuccessful answer is read, for the reason in it.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A client for all suppliers: the pool is by host.
pub(super) fn client() -> Result<Client, reqwest::Error> {
    // reqwest brings no cryptography of its own. An error means that the process has chosen already.
    let _ = ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("flight-search/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::custom(redirect))
        .referer(false)
        .build()
}

/// Only within the host that was asked, as the headers may hold keys that are no other's business.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let elsewhere = attempt.previous().first().is_some_and(|first| first.origin() != attempt.url().origin());
    if elsewhere || attempt.previous().len() > MAX_REDIRECTS {
        attempt.error("redirected in circles or to another host")
    } else {
        attempt.follow()
    }
}

/// An answer that is no success, with the beginning of its body.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Makes the request. What comes back may be a [`Refusal`].
pub(super) async fn send(client: &Client, request: Request) -> Result<Response, SupplierError> {
    client.execute(request).await.map_err(connection)
}

impl Refusal {
    /// Reads a response as one. The status says enough, should the rest not be had.
    pub(super) async fn read(mut response: Response) -> Self {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await
            && body.len() < MAX_ERROR_BYTES
        {
            let room = MAX_ERROR_BYTES - body.len();
            body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        }
        Self { status, headers, body }
    }
}

/// The error without the address, which may hold a key.
pub(super) fn connection(error: reqwest::Error) -> SupplierError {
    if error.is_redirect() {
        return SupplierError::Redirected;
    }
    SupplierError::Connection(Box::new(error.without_url()))
}

/// What an unsuccessful status means; `retry` says how to go on where it may pass.
pub(super) fn failure(status: StatusCode, detail: String, retry: Retry) -> SupplierError {
    let passes = matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502..=504);
    SupplierError::Status {
        status: status.as_u16(),
        detail,
        retry: if passes { retry } else { Retry::Never },
    }
}

/// What the header `Retry-After` says.
pub(super) fn retry_after(headers: &HeaderMap) -> Retry {
    let value = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    value.and_then(|value| wait(value, Timestamp::now())).map_or(Retry::Soon, Retry::After)
}

/// A number of seconds from now, or the date of HTTP.
pub(super) fn wait(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_a_number_of_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:28:00Z".parse().unwrap();
        assert_eq!(wait("120", now), Some(Duration::from_mins(2)));
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:07 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(wait("Wed, 21 Oct 2015 07:00:00 GMT", now), Some(Duration::ZERO));
        for text in ["", "soon", "-3", "1.5"] {
            assert_eq!(wait(text, now), None, "{text}");
        }
    }

    #[test]
    fn only_statuses_that_may_pass_are_asked_again() {
        let retry =
            |status| failure(StatusCode::from_u16(status).unwrap(), String::new(), Retry::Soon).retry();
        for status in [408, 429, 500, 503] {
            assert_eq!(retry(status), Retry::Soon, "{status}");
        }
        for status in [302, 400, 401, 404, 422, 501] {
            assert_eq!(retry(status), Retry::Never, "{status}");
        }
    }
}
