//! The Duffel Flights API, version 2 (<https://duffel.com/docs/api/offer-requests>): many airlines behind one
//! request.

mod response;

use std::time::Duration;

use async_trait::async_trait;
use contracts::SearchQuery;
use jiff::Timestamp;
use reqwest::{
    Request, Url,
    header::{AUTHORIZATION, HeaderValue},
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::{
    Found, Options, RegistryError, Retry, Supplier, SupplierError,
    file::{ByteLimit, Entry, secrets::expand},
    http_client::{Refusal, failure, retry_after, send, wait},
    registry::Means,
    response::{Bounds, Path, read},
};

/// The version of the API that this speaks.
const VERSION: &str = "v2";

/// What `supplier_timeout` may be; Duffel ignores other values.
const SUPPLIER_TIMEOUT_MS: (u64, u64) = (2_000, 60_000);

/// Left for the way to Duffel and back, so that what it has by its timeout arrives before ours.
const MARGIN: Duration = Duration::from_secs(1);

/// The most bytes that are read of one offer: each repeats its places, carriers and conditions.
const MAX_OFFER_BYTES: usize = 256 * 1024;

/// Where in an answer the offers stand.
const OFFERS: &str = "/data/offers";

/// A supplier's keys in the file, behind those that all kinds have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    token: String,
    #[serde(default = "default_base_url")]
    base_url: String,
    cabin_class: Option<CabinClass>,
    max_connections: Option<u8>,
    #[serde(default)]
    max_response_bytes: ByteLimit<{ 32 * 1024 * 1024 }>,
}

fn default_base_url() -> String {
    "https://api.duffel.com".to_owned()
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum CabinClass {
    Economy,
    PremiumEconomy,
    Business,
    First,
}

/// The body of a request for offers.
#[derive(Serialize)]
struct Body {
    data: OfferRequest,
}

#[derive(Serialize)]
struct OfferRequest {
    slices: [Slice; 1],
    passengers: Vec<Passenger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cabin_class: Option<CabinClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connections: Option<u8>,
}

#[derive(Serialize)]
struct Slice {
    origin: contracts::IataCode,
    destination: contracts::IataCode,
    departure_date: contracts::TravelDate,
}

#[derive(Clone, Serialize)]
struct Passenger {
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The Duffel Flights API. It has no `Debug`: it holds a token.
pub struct Duffel {
    means: Means,
    url: Url,
    authorization: HeaderValue,
    cabin_class: Option<CabinClass>,
    max_connections: Option<u8>,
    offers: Path,
    bounds: Bounds,
}

impl Duffel {
    /// The account that an entry of kind `duffel` describes.
    pub(crate) fn from_entry(
        entry: &Entry,
        options: Options<'_>,
        means: Means,
    ) -> Result<Self, RegistryError> {
        let settings: Settings = entry.settings()?;
        let token =
            expand(&settings.token, options.secrets).map_err(|missing| entry.field("token", &missing))?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| entry.field("token", "has characters that no header may have"))?;
        authorization.set_sensitive(true);
        let url = format!("{}/air/offer_requests", settings.base_url.trim_end_matches('/'));
        let url = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        Ok(Self {
            means,
            url: url.ok_or_else(|| entry.field("base_url", "must be an http or https URL"))?,
            authorization,
            cabin_class: settings.cabin_class,
            max_connections: settings.max_connections,
            offers: OFFERS.to_owned().try_into().map_err(|problem| entry.problem(&problem))?,
            bounds: Bounds { answer: settings.max_response_bytes.0, offer: MAX_OFFER_BYTES },
        })
    }

    /// `None` only if the body can't be written, which it can.
    fn request(&self, query: &SearchQuery, time_left: Duration) -> Option<Request> {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("return_offers", "true")
            .append_pair("supplier_timeout", &supplier_timeout(time_left).to_string());
        let data = OfferRequest {
            slices: [Slice {
                origin: query.origin,
                destination: query.destination,
                departure_date: query.date,
            }],
            passengers: vec![Passenger { kind: "adult" }; query.passengers.get().into()],
            cabin_class: self.cabin_class,
            max_connections: self.max_connections,
        };
        let request = self.means.client.post(url).header(AUTHORIZATION, self.authorization.clone());
        request.header("Duffel-Version", VERSION).json(&Body { data }).build().ok()
    }
}

/// For how long Duffel shall wait for an airline, in milliseconds.
fn supplier_timeout(time_left: Duration) -> u64 {
    let millis = u64::try_from(time_left.saturating_sub(MARGIN).as_millis()).unwrap_or(u64::MAX);
    millis.clamp(SUPPLIER_TIMEOUT_MS.0, SUPPLIER_TIMEOUT_MS.1)
}

#[async_trait]
impl Supplier for Duffel {
    async fn search(
        &self,
        query: &SearchQuery,
        deadline: Instant,
        found: &mut Found<'_>,
    ) -> Result<(), SupplierError> {
        let Means { client, budget, airports } = &self.means;
        let time_left = deadline.saturating_duration_since(Instant::now());
        let request = self.request(query, time_left).ok_or(SupplierError::Unaskable)?;
        let response = send(client, request).await?;
        if !response.status().is_success() {
            return Err(refusal(&Refusal::read(response).await));
        }
        let offer = |index, json: &[u8]| response::offer(index, json, airports);
        read(response, &self.offers, self.bounds, budget, found, offer).await?;
        // Duffel lists each with every fare it is sold at.
        found.keep_each_flight_once();
        Ok(())
    }
}

/// What an unsuccessful answer means. Of 500 and 502 Duffel says not to ask again.
fn refusal(reply: &Refusal) -> SupplierError {
    let retry = match reply.status.as_u16() {
        500 | 502 => Retry::Never,
        _ => match retry_after(&reply.headers) {
            Retry::After(after) => Retry::After(after),
            Retry::Soon | Retry::Never => reset(reply).map_or(Retry::Soon, Retry::After),
        },
    };
    failure(reply.status, response::errors(&reply.body), retry)
}

/// When the window of the rate limit ends, which Duffel tells in a header of its own.
fn reset(reply: &Refusal) -> Option<Duration> {
    let value = reply.headers.get("ratelimit-reset")?.to_str().ok()?;
    // On other answers the header stands too, and is no reason to wait.
    (reply.status.as_u16() == 429).then(|| wait(value, Timestamp::now())).flatten()
}

#[cfg(test)]
mod tests;
