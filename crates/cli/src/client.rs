//! The gateway's HTTP API.

mod response;

use std::time::Duration;

use contracts::{
    SearchId, SearchRequest, SearchStatus,
    envelope::{Submitted, Success},
};
use reqwest::{RequestBuilder, Response, StatusCode, header};
use uuid::Uuid;

use crate::{base_url::BaseUrl, error::ClientError, http};

/// For requests other than streams. The gateway responds within 2 s.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// For the next bytes of a response. A stream has a heartbeat every 15 s.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(45);

/// The response to a request for a stream.
pub(crate) enum Opened {
    /// A stream of events.
    Stream(Response),
    /// 204: the client has received the terminal event.
    Complete,
}

/// One gateway, or several behind one address.
pub(crate) struct Client {
    http: reqwest::Client,
    base: BaseUrl,
}

impl Client {
    /// A client of the gateway at `base`.
    pub(crate) fn new(base: BaseUrl) -> Result<Self, ClientError> {
        let http = http::client(&base, |http| http.read_timeout(SILENCE_TIMEOUT))?;
        Ok(Self { http, base })
    }

    /// Submits a search. Retries use the same `key`, so they submit no second search.
    pub(crate) async fn submit(&self, search: &SearchRequest, key: Uuid) -> Result<SearchId, ClientError> {
        let request = self
            .http
            .post(self.base.join("api/flights/search"))
            .header("idempotency-key", key.to_string())
            .timeout(RESPONSE_TIMEOUT)
            .json(search);
        let response = self.send(request).await?;
        if !response.status().is_success() {
            return Err(response::error(response, &self.base).await);
        }
        let body = response.bytes().await.map_err(|error| ClientError::from_reqwest(&error, &self.base))?;
        let response: Success<Submitted> = serde_json::from_slice(&body).map_err(|error| {
            ClientError::InvalidResponse(format!(
                "{} is not a flight-search gateway: {error}; check --url",
                self.base
            ))
        })?;
        Ok(response.data.search_id)
    }

    /// Opens the event stream of a search, with partials, from the event after `after`.
    pub(crate) async fn stream(&self, id: SearchId, after: Option<&str>) -> Result<Opened, ClientError> {
        let url = self.base.join(&format!("api/flights/search/{id}/stream?partials=true"));
        let mut request = self.http.get(url).header(header::ACCEPT, "text/event-stream");
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::OK if response::is_event_stream(&response) => Ok(Opened::Stream(response)),
            StatusCode::OK => Err(ClientError::InvalidResponse(format!(
                "{} did not respond with an event stream; check --url",
                self.base
            ))),
            StatusCode::NO_CONTENT => Ok(Opened::Complete),
            StatusCode::NOT_FOUND => Err(ClientError::UnknownSearch),
            _ => Err(response::error(response, &self.base).await),
        }
    }

    /// Cancels a search, if it has not ended. Returns whether it continues for other clients.
    pub(crate) async fn cancel(&self, id: SearchId) -> Result<bool, ClientError> {
        let url = self.base.join(&format!("api/flights/search/{id}"));
        let response = self.send(self.http.delete(url).timeout(RESPONSE_TIMEOUT)).await?;
        match response.status() {
            status if status.is_success() => {
                let body = response.json::<Success<Submitted>>().await;
                Ok(body.is_ok_and(|body| body.data.status == SearchStatus::Processing))
            }
            StatusCode::CONFLICT | StatusCode::NOT_FOUND => Ok(false),
            _ => Err(response::error(response, &self.base).await),
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        request.send().await.map_err(|error| ClientError::from_reqwest(&error, &self.base))
    }
}
