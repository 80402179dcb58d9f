use std::time::Duration;

use reqwest::{ClientBuilder, redirect::Policy};
use rustls::crypto::ring;

use crate::{
    base_url::BaseUrl,
    error::{ClientError, root_cause},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An HTTP client of the service at `base`. `with_timeouts` says how long a response may take.
pub(crate) fn client(
    base: &BaseUrl,
    with_timeouts: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<reqwest::Client, ClientError> {
    // reqwest has no crypto provider of its own. An error means that one is installed.
    let _ = ring::default_provider().install_default();
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("flight-search/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        // A redirected POST would become a GET. The error names the new address instead.
        .redirect(Policy::none());
    if !base.is_https() {
        // Without TLS, no root certificates are needed.
        http = http.tls_certs_only([]);
    }
    with_timeouts(http).build().map_err(|error| {
        ClientError::InvalidResponse(format!("can't set up an HTTP client: {}", root_cause(&error)))
    })
}
