//! Kind `http`: a JSON API that the suppliers file describes, both the request and where the offers are in the
//! response.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`request`] | the request, as a template |
//! | [`price_check`] | how one offer is asked for |
//! | [`template`] | texts with placeholders, such as `/flights/{from}/{to}` |
//! | [`placeholder`] | what the placeholders stand for |
//! | [`body_template`] | the JSON body of the request |
//! | [`described`] | whether the request describes all that the supplier sells |
//! | [`mapping`] | where the offers and their fields are in the response |
//! | [`field`] | one field of the mapping |
//! | [`list`] | lists within an offer |
//! | [`extract`] | finds the values at many JSON Pointers in one pass |

mod body_template;
mod described;
mod extract;
mod field;
mod list;
mod mapping;
mod placeholder;
mod price_check;
mod request;
mod template;

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::{PriceCheck, SearchQuery, SupplierCode, TraceContext, search::Trip};
use reqwest::{
    Request, Response,
    header::{ACCEPT, HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    error::SupplierError,
    file::{bounds::ByteLimit, entry::SupplierEntry, error::RegistryError, secrets::expand},
    http_client::{ErrorResponse, HttpContext, retry_after, send_recorded, status_error},
    offers::OfferCollector,
    options::RegistryOptions,
    parts::PartLog,
    response::{ResponseReader, SizeLimits},
    supplier::Supplier,
};
use described::Described;
use mapping::Mapping;
use placeholder::Context;
use price_check::{CheckSettings, CheckTemplate, is_gone};
use request::{HttpMethod, RequestSettings, RequestTemplate};

/// The longest offer that is read, in bytes.
const MAX_OFFER_BYTES: usize = 64 * 1024;

/// The settings of this kind in the suppliers file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    url: String,
    method: Option<HttpMethod>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<toml::Value>,
    #[serde(default)]
    max_response_bytes: ByteLimit<{ 4 * 1024 * 1024 }>,
    response: Mapping,
    check: Option<CheckSettings>,
}

/// A JSON API. No `Debug`: its templates contain keys.
pub(super) struct Http {
    context: HttpContext,
    request: RequestTemplate,
    check: Option<CheckTemplate>,
    headers: HeaderMap,
    reader: ResponseReader,
    mapping: Mapping,
    code: SupplierCode,
    name: String,
}

impl Http {
    /// Creates the supplier of an entry.
    pub(super) fn from_entry(
        entry: &SupplierEntry,
        options: RegistryOptions<'_>,
        context: HttpContext,
    ) -> Result<Self, RegistryError> {
        let Settings { url, method, query, headers: own_headers, body, max_response_bytes, response, check } =
            entry.kind_settings()?;
        let settings = RequestSettings { url, method, query, body };
        let check = check.map(|check| CheckTemplate::parse(check, entry, options.secrets));
        let supplier = Self {
            context,
            request: RequestTemplate::parse(&settings, "", entry, options.secrets)?,
            check: check.transpose()?,
            headers: headers(entry, &own_headers, options)?,
            reader: ResponseReader {
                limits: SizeLimits { response_bytes: max_response_bytes.0, offer_bytes: MAX_OFFER_BYTES },
                log: PartLog::new(entry.common.code.clone()),
            },
            mapping: response,
            code: entry.common.code.clone(),
            name: entry.common.name.clone(),
        };
        let Self { request, mapping, .. } = &supplier;
        Described { request, price_per_passenger: mapping.price_per_passenger() }.check(entry)?;
        mapping.check().map_err(|(setting, problem)| {
            entry.field_error(format!("response.{setting}").trim_end_matches('.'), &problem)
        })?;
        let several = entry.common.trips.iter().flatten().any(|trip| *trip != Trip::OneWay);
        if several && !mapping.reads_slices() {
            return Err(entry.field_error("trips", &"needs `slices` in the response"));
        }
        if supplier.check.is_some() && !mapping.reads_offer_ref() {
            return Err(entry.field_error("check", &"needs `offer_ref` in the response"));
        }
        Ok(supplier)
    }

    /// Builds the request for a search. `None` only for an invalid URL, which `from_entry` rejects.
    fn request(&self, query: &SearchQuery) -> Option<Request> {
        self.request.render(&self.context.client, &self.headers, Context::of(query))
    }
}

fn headers(
    entry: &SupplierEntry,
    settings: &BTreeMap<String, String>,
    options: RegistryOptions<'_>,
) -> Result<HeaderMap, RegistryError> {
    let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    for (name, text) in settings {
        let error = |problem: &dyn ToString| entry.field_error(&format!("headers.{name}"), problem);
        let value = expand(text, options.secrets).map_err(|missing| error(&missing))?;
        let name = HeaderName::try_from(name).map_err(|_| error(&"is not a valid header name"))?;
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| error(&"has characters that are not allowed in a header"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[async_trait]
impl Supplier for Http {
    async fn search(
        &self,
        query: &SearchQuery,
        _deadline: Instant,
        trace: Option<&TraceContext>,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        let HttpContext { client, budget, airports } = &self.context;
        let request = self.request(query).ok_or(SupplierError::InvalidRequest)?;
        let response = send_recorded(client, request, trace, offers).await?;
        if !response.status().is_success() {
            return Err(failure(response, offers).await);
        }
        let parser = self.mapping.parser(query, &self.code, &self.name, airports).only(offers.check());
        let parse = |index, json: &[u8]| parser.parse(index, json);
        let list = self.mapping.offers_pointer();
        self.reader.read_offers(response, list, budget, offers, parse).await
    }

    /// Without the table `check`, or for an offer without a reference, this searches again.
    async fn check(
        &self,
        query: &SearchQuery,
        price: &PriceCheck,
        deadline: Instant,
        trace: Option<&TraceContext>,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        // Two dots would be another address.
        let offer_ref = price.offer_ref.as_deref().filter(|name| !matches!(*name, "." | ".."));
        let Some((check, offer_ref)) = self.check.as_ref().zip(offer_ref) else {
            return self.search(query, deadline, trace, offers).await;
        };
        let HttpContext { client, airports, .. } = &self.context;
        let request = check.request.render(client, &self.headers, Context::of_offer(query, offer_ref));
        let request = request.ok_or(SupplierError::InvalidRequest)?;
        let response = send_recorded(client, request, trace, offers).await?;
        match response.status() {
            status if status.is_success() => {
                let parser = self.mapping.parser(query, &self.code, &self.name, airports).only(Some(price));
                self.reader.read_offer(response, offers, |json| check.parse_offer(json, &parser)).await
            }
            status if is_gone(status) => Ok(()),
            _ => Err(failure(response, offers).await),
        }
    }
}

/// The error for an unsuccessful response.
async fn failure(response: Response, offers: &mut OfferCollector<'_>) -> SupplierError {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or("unknown status").to_owned();
    let retry = retry_after(response.headers());
    if let Some(transcript) = offers.transcript() {
        transcript.body(&ErrorResponse::read(response).await.body);
    }
    status_error(status, reason, retry)
}

#[cfg(test)]
mod tests;
