//! The gateway's HTTP API.

mod response;
mod state;

use std::time::Duration;

use contracts::{
    SearchId, SearchRequest, SupplierCode, SupplierListing,
    envelope::{CheckSubmitted, Submitted, Success},
    offer::OfferId,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{json, value::RawValue};
use uuid::Uuid;

pub(crate) use state::State;

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
    pub(crate) async fn submit(&self, search: &SearchRequest, key: Uuid) -> Result<Submitted, ClientError> {
        let request = self.request(Method::POST, "api/flights/search");
        self.data(request.header("idempotency-key", key.to_string()).json(search)).await
    }

    /// Asks a seller for its price of an offer now: in this fare brand, or its cheapest. Returns the check's id.
    pub(crate) async fn check(
        &self,
        (search, offer): (SearchId, OfferId),
        supplier: &SupplierCode,
        fare_brand: Option<&str>,
    ) -> Result<SearchId, ClientError> {
        let path = format!("api/flights/search/{search}/offers/{offer}/check");
        let body = json!({"supplier": supplier, "fare_brand": fare_brand});
        let submitted: CheckSubmitted = self.data(self.request(Method::POST, &path).json(&body)).await?;
        Ok(submitted.check_id)
    }

    /// The state of a search.
    pub(crate) async fn state(&self, id: SearchId) -> Result<State, ClientError> {
        self.data(self.request(Method::GET, &format!("api/flights/search/{id}"))).await
    }

    /// An offer of a search, as received.
    pub(crate) async fn offer(&self, id: SearchId, offer: OfferId) -> Result<Box<RawValue>, ClientError> {
        self.data(self.request(Method::GET, &format!("api/flights/search/{id}/offers/{offer}"))).await
    }

    /// The suppliers, with their names.
    pub(crate) async fn suppliers(&self) -> Result<Vec<SupplierListing>, ClientError> {
        self.data(self.request(Method::GET, "api/suppliers")).await
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

    /// Cancels a search. Returns what became of it, as a sentence for people: others may still follow it.
    pub(crate) async fn cancel(&self, id: SearchId) -> Result<String, ClientError> {
        let request = self.request(Method::DELETE, &format!("api/flights/search/{id}"));
        let response: Success<Submitted> = self.success(request).await?;
        Ok(response.message)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.base.join(path)).timeout(RESPONSE_TIMEOUT)
    }

    async fn data<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        Ok(self.success(request).await?.data)
    }

    async fn success<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Success<T>, ClientError> {
        let response = self.send(request).await?;
        if !response.status().is_success() {
            return Err(response::error(response, &self.base).await);
        }
        let body = response.bytes().await.map_err(|error| ClientError::from_reqwest(&error, &self.base))?;
        serde_json::from_slice(&body).map_err(|error| {
            ClientError::InvalidResponse(format!(
                "{} is not a flight-search gateway: {error}; check --url",
                self.base
            ))
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        request.send().await.map_err(|error| ClientError::from_reqwest(&error, &self.base))
    }
}
