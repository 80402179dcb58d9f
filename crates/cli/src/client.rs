//! The gateway's HTTP API.

mod answer;
mod base_url;

use std::time::Duration;

use contracts::{
    SearchId, SearchRequest, SearchStatus,
    envelope::{Submitted, Success},
};
use reqwest::{RequestBuilder, Response, StatusCode, header, redirect::Policy};
use rustls::crypto::ring;
use uuid::Uuid;

pub(crate) use base_url::BaseUrl;

use crate::trouble::{Trouble, root_cause};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the answer to a short request may take. The gateway promises one within 2 s.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a stream may be silent: three of the gateway's heartbeats.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(45);

/// A stream that was asked for.
pub(crate) enum Opened {
    /// Its events follow.
    Stream(Response),
    /// Everything after the given event has been told: 204.
    NothingLeft,
}

/// One gateway, or several behind one address.
pub(crate) struct Client {
    http: reqwest::Client,
    base: BaseUrl,
}

impl Client {
    /// A client of the gateway at `base`.
    pub(crate) fn new(base: BaseUrl) -> Result<Self, Trouble> {
        // reqwest brings no cryptography of its own. An error means that the process has chosen already.
        let _ = ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("flight-search/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_TIMEOUT)
            // A POST that follows a redirect becomes a GET: better to tell where the gateway has gone.
            .redirect(Policy::none());
        if !base.is_https() {
            // Without TLS a machine needs no certificates installed.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|error| {
            Trouble::NotUnderstood(format!("can't set up an HTTP client: {}", root_cause(&error)))
        })?;
        Ok(Self { http, base })
    }

    /// Submits a search. A try that repeats another has the same `key`, so that there is one search all the same.
    pub(crate) async fn submit(&self, search: &SearchRequest, key: Uuid) -> Result<SearchId, Trouble> {
        let request = self
            .http
            .post(self.base.join("api/flights/search"))
            .header("idempotency-key", key.to_string())
            .timeout(ANSWER_TIMEOUT)
            .json(search);
        let response = self.send(request).await?;
        if !response.status().is_success() {
            return Err(answer::trouble(response, &self.base).await);
        }
        let body = response.bytes().await.map_err(|error| Trouble::of_request(&error, &self.base))?;
        let answer: Success<Submitted> = serde_json::from_slice(&body).map_err(|error| {
            Trouble::NotUnderstood(format!("{} is no flight-search gateway: {error}", self.base))
        })?;
        Ok(answer.data.search_id)
    }

    /// Opens the stream of a search with every supplier's answer in it, from behind the event `after`.
    pub(crate) async fn stream(&self, id: SearchId, after: Option<&str>) -> Result<Opened, Trouble> {
        let url = self.base.join(&format!("api/flights/search/{id}/stream?partials=true"));
        let mut request = self.http.get(url).header(header::ACCEPT, "text/event-stream");
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let response = self.send(request).await?;
        match response.status() {
            StatusCode::OK if answer::is_event_stream(&response) => Ok(Opened::Stream(response)),
            StatusCode::OK => {
                Err(Trouble::NotUnderstood(format!("{} answers with no event stream", self.base)))
            }
            StatusCode::NO_CONTENT => Ok(Opened::NothingLeft),
            StatusCode::NOT_FOUND => Err(Trouble::UnknownSearch),
            _ => Err(answer::trouble(response, &self.base).await),
        }
    }

    /// Cancels a search; one that has ended already is none the worse for it. `true`: it goes on for other clients.
    pub(crate) async fn cancel(&self, id: SearchId) -> Result<bool, Trouble> {
        let url = self.base.join(&format!("api/flights/search/{id}"));
        let response = self.send(self.http.delete(url).timeout(ANSWER_TIMEOUT)).await?;
        match response.status() {
            status if status.is_success() => {
                let answer = response.json::<Success<Submitted>>().await;
                Ok(answer.is_ok_and(|answer| answer.data.status == SearchStatus::Processing))
            }
            StatusCode::CONFLICT | StatusCode::NOT_FOUND => Ok(false),
            _ => Err(answer::trouble(response, &self.base).await),
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Trouble> {
        request.send().await.map_err(|error| Trouble::of_request(&error, &self.base))
    }
}
