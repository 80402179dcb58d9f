use std::time::Duration;

use contracts::operators::LogFilter;
use reqwest::{Method, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{base_url::BaseUrl, error::ClientError, http, text::clean};

/// The port closes a connection after ten seconds.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// The operators' port of a service.
pub(super) struct OperatorsClient {
    http: reqwest::Client,
    base: BaseUrl,
}

/// The data of a successful response.
pub(super) struct Response {
    data: Box<RawValue>,
    base: BaseUrl,
}

/// A response with data.
#[derive(Deserialize)]
struct Success {
    data: Box<RawValue>,
}

/// A response without.
#[derive(Deserialize)]
struct Failure {
    message: String,
}

impl OperatorsClient {
    pub(super) fn new(base: BaseUrl) -> Result<Self, ClientError> {
        let http = http::client(&base, |http| http.timeout(RESPONSE_TIMEOUT))?;
        Ok(Self { http, base })
    }

    /// Makes a request, with a body if there is one. Never repeated: a replay would happen twice.
    pub(super) async fn request(
        &self,
        method: Method,
        path: String,
        body: Option<&LogFilter>,
    ) -> Result<Response, ClientError> {
        let failed = |error| ClientError::from_reqwest(&error, &self.base);
        // Declared as JSON also without a body: the port refuses everything else.
        let mut request =
            self.http.request(method, self.base.join(&path)).header(header::CONTENT_TYPE, "application/json");
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let body = response.bytes().await.map_err(failed)?;
        if status.is_success()
            && let Ok(Success { data }) = serde_json::from_slice(&body)
        {
            return Ok(Response { data, base: self.base.clone() });
        }
        Err(error(status, &body, &self.base))
    }
}

fn error(status: StatusCode, body: &[u8], base: &BaseUrl) -> ClientError {
    match serde_json::from_slice(body) {
        Ok(Failure { message }) if status.is_server_error() => {
            ClientError::Unavailable { message: clean(&message), retry_after: None }
        }
        Ok(Failure { message }) if status.is_client_error() => {
            ClientError::Rejected { message: clean(&message), errors: Vec::new() }
        }
        _ => not_operators(base, &format!("it responded with {status}")),
    }
}

fn not_operators(base: &BaseUrl, why: &str) -> ClientError {
    ClientError::InvalidResponse(format!(
        "{base} is not the operators' port of flight-search: {why}; check --operators-url"
    ))
}

impl Response {
    /// The data as received.
    pub(super) fn json(&self) -> &str {
        self.data.get()
    }

    /// The data.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_str(self.data.get()).map_err(|error| not_operators(&self.base, &error.to_string()))
    }
}
