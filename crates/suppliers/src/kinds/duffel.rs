//! Kind `duffel`: the Duffel Flights API, version 2 (<https://duffel.com/docs/api/offer-requests>). A price check gets the
//! one offer (<https://duffel.com/docs/api/offers/get-offer-by-id>).

mod request;
mod response;

use std::time::Duration;

use async_trait::async_trait;
use contracts::{Cabin, PriceCheck, SearchQuery, SupplierCode, TraceContext};
use jiff::Timestamp;
use reqwest::{
    Request, RequestBuilder, StatusCode, Url,
    header::{AUTHORIZATION, HeaderValue},
};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    error::{Retry, SupplierError},
    file::{bounds::ByteLimit, entry::SupplierEntry, error::RegistryError, secrets::expand},
    http_client::{ErrorResponse, HttpContext, parse_delay, retry_after, send_recorded, status_error},
    offers::OfferCollector,
    options::RegistryOptions,
    parts::PartLog,
    response::{ResponseReader, SizeLimits, json_pointer::JsonPointer},
    supplier::Supplier,
};
use request::{OfferRequest, supplier_timeout_ms};

/// The value of the header `Duffel-Version`.
const API_VERSION: &str = "v2";

/// The longest offer that is read, in bytes. Duffel repeats places, carriers and conditions in every offer.
const MAX_OFFER_BYTES: usize = 256 * 1024;

/// The JSON Pointer to the list of offers in a response.
const OFFERS: &str = "/data/offers";

/// The settings of this kind in the suppliers file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    token: String,
    #[serde(default = "default_base_url")]
    base_url: String,
    cabin_class: Option<Cabin>,
    max_connections: Option<u8>,
    #[serde(default)]
    max_response_bytes: ByteLimit<{ 32 * 1024 * 1024 }>,
}

fn default_base_url() -> String {
    "https://api.duffel.com".to_owned()
}

/// The Duffel Flights API. No `Debug`: it contains a token.
pub(super) struct Duffel {
    context: HttpContext,
    code: SupplierCode,
    /// Where offers are requested.
    url: Url,
    /// Where single offers are; their ids follow.
    offers_url: Url,
    authorization: HeaderValue,
    cabin_class: Option<Cabin>,
    max_connections: Option<u8>,
    offers: JsonPointer,
    reader: ResponseReader,
}

impl Duffel {
    /// Creates the supplier of an entry.
    pub(super) fn from_entry(
        entry: &SupplierEntry,
        options: RegistryOptions<'_>,
        context: HttpContext,
    ) -> Result<Self, RegistryError> {
        let settings: Settings = entry.kind_settings()?;
        let token = expand(&settings.token, options.secrets)
            .map_err(|missing| entry.field_error("token", &missing))?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| entry.field_error("token", "has characters that are not allowed in a header"))?;
        authorization.set_sensitive(true);
        let url = |path: &str| {
            let url = Url::parse(&format!("{}/air/{path}", settings.base_url.trim_end_matches('/'))).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
            url.ok_or_else(|| entry.field_error("base_url", "must be an http or https URL"))
        };
        Ok(Self {
            context,
            code: entry.common.code.clone(),
            url: url("offer_requests")?,
            offers_url: url("offers")?,
            authorization,
            cabin_class: settings.cabin_class,
            max_connections: settings.max_connections,
            offers: OFFERS.to_owned().try_into().map_err(|invalid| entry.error(&invalid))?,
            reader: ResponseReader {
                limits: SizeLimits {
                    response_bytes: settings.max_response_bytes.0,
                    offer_bytes: MAX_OFFER_BYTES,
                },
                log: PartLog::new(entry.common.code.clone()),
            },
        })
    }

    /// Builds the request for a search. Never `None`: the URL and the body are valid.
    fn request(&self, query: &SearchQuery, time_left: Duration) -> Option<Request> {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("return_offers", "true")
            .append_pair("supplier_timeout", &supplier_timeout_ms(time_left).to_string());
        let body = OfferRequest::new(query, self.cabin_class, self.max_connections);
        self.with_headers(self.context.client.post(url)).json(&body).build().ok()
    }

    /// Builds the request for one offer. `None` only for a URL that can't have a path, which `from_entry` rejects.
    fn offer_request(&self, offer_ref: &str) -> Option<Request> {
        let mut url = self.offers_url.clone();
        url.path_segments_mut().ok()?.push(offer_ref);
        url.query_pairs_mut().append_pair("return_available_services", "false");
        self.with_headers(self.context.client.get(url)).build().ok()
    }

    fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, self.authorization.clone()).header("Duffel-Version", API_VERSION)
    }
}

#[async_trait]
impl Supplier for Duffel {
    async fn search(
        &self,
        query: &SearchQuery,
        deadline: Instant,
        trace: Option<&TraceContext>,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        let HttpContext { client, budget, airports } = &self.context;
        let time_left = deadline.saturating_duration_since(Instant::now());
        let request = self.request(query, time_left).ok_or(SupplierError::InvalidRequest)?;
        let response = send_recorded(client, request, trace, offers).await?;
        if !response.status().is_success() {
            let response = ErrorResponse::read(response).await;
            if let Some(transcript) = offers.transcript() {
                transcript.body(&response.body);
            }
            return Err(error(&response));
        }
        // Duffel returns an offer for every fare of a flight. They become prices of one offer.
        let parse = |index, json: &[u8]| response::parse_offer(index, json, &self.code, airports);
        self.reader.read_offers(response, &self.offers, budget, offers, parse).await
    }

    /// An offer that the search found without an id can't be asked for, nor can one whose quotation has run out: then it
    /// searches again.
    async fn check(
        &self,
        query: &SearchQuery,
        check: &PriceCheck,
        deadline: Instant,
        trace: Option<&TraceContext>,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        let Some(offer_ref) = &check.offer_ref else {
            return self.search(query, deadline, trace, offers).await;
        };
        let HttpContext { client, airports, .. } = &self.context;
        let request = self.offer_request(offer_ref).ok_or(SupplierError::InvalidRequest)?;
        let response = send_recorded(client, request, trace, offers).await?;
        if !response.status().is_success() {
            let response = ErrorResponse::read(response).await;
            if let Some(transcript) = offers.transcript() {
                transcript.body(&response.body);
            }
            return match refusal(&response) {
                Refusal::Expired => self.search(query, deadline, trace, offers).await,
                Refusal::NotSold => Ok(()),
                Refusal::Other => Err(error(&response)),
            };
        }
        let parse = |json: &[u8]| response::parse_single_offer(json, &self.code, airports).map(Some);
        self.reader.read_offer(response, offers, parse).await
    }
}

/// Why Duffel does not tell the price of an offer.
enum Refusal {
    /// Its quotation has run out, or is no longer known. The flights may still be sold.
    Expired,
    /// It is no longer sold.
    NotSold,
    /// For another reason.
    Other,
}

fn refusal(response: &ErrorResponse) -> Refusal {
    let codes = response::error_codes(&response.body);
    let has = |code: &str| codes.iter().any(|found| found == code);
    if has("offer_no_longer_available") {
        Refusal::NotSold
    } else if has("offer_expired") || response.status == StatusCode::NOT_FOUND {
        Refusal::Expired
    } else {
        Refusal::Other
    }
}

/// The error for an unsuccessful response. Duffel's documentation says not to retry 500 and 502.
fn error(response: &ErrorResponse) -> SupplierError {
    let retry = match response.status.as_u16() {
        500 | 502 => Retry::Never,
        _ => match retry_after(&response.headers) {
            Retry::After(delay) => Retry::After(delay),
            Retry::Backoff | Retry::Never => rate_limit_reset(response).map_or(Retry::Backoff, Retry::After),
        },
    };
    status_error(response.status, response::error_detail(&response.body), retry)
}

/// The time until the rate limit resets. Duffel sends the header with every response; it matters only for a 429.
fn rate_limit_reset(response: &ErrorResponse) -> Option<Duration> {
    let value = response.headers.get("ratelimit-reset")?.to_str().ok()?;
    (response.status.as_u16() == 429).then(|| parse_delay(value, Timestamp::now())).flatten()
}

#[cfg(test)]
mod tests;
