//! Kind `http`: a JSON API that the suppliers file describes, both the request and where the offers are in the
//! response.
//!
//! | module | what it does |
//! | --- | --- |
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
mod template;

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::{SearchQuery, SupplierCode, TraceContext, search::Trip};
use reqwest::{
    Method, Request, Url,
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
    response::{SizeLimits, read_offers},
    supplier::Supplier,
};
use body_template::BodyTemplate;
use described::Templates;
use mapping::Mapping;
use placeholder::Context;
use template::Template;

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
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum HttpMethod {
    Get,
    Post,
}

/// A JSON API. No `Debug`: its templates contain keys.
pub(super) struct Http {
    context: HttpContext,
    method: Method,
    url: Template,
    query: Vec<(String, Template)>,
    headers: HeaderMap,
    body: Option<BodyTemplate>,
    limits: SizeLimits,
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
        let settings: Settings = entry.kind_settings()?;
        let field_error = |name: &str, problem: &dyn ToString| entry.field_error(name, problem);
        let template = |name: &str, text: &str| {
            Template::parse(text, options.secrets).map_err(|error| field_error(name, &error))
        };

        let query = settings
            .query
            .iter()
            .map(|(name, text)| Ok((name.clone(), template(&format!("query.{name}"), text)?)));
        let body = settings.body.as_ref().map(|body| BodyTemplate::parse(body, options.secrets)).transpose();
        let supplier = Self {
            context,
            method: match settings.method {
                Some(HttpMethod::Post) => Method::POST,
                None if settings.body.is_some() => Method::POST,
                Some(HttpMethod::Get) | None => Method::GET,
            },
            url: template("url", &settings.url)?,
            query: query.collect::<Result<_, RegistryError>>()?,
            headers: headers(entry, &settings.headers, options)?,
            body: body.map_err(|error| field_error("body", &error))?,
            limits: SizeLimits {
                response_bytes: settings.max_response_bytes.0,
                offer_bytes: MAX_OFFER_BYTES,
            },
            mapping: settings.response,
            code: entry.common.code.clone(),
            name: entry.common.name.clone(),
        };
        let Self { url, query, body, mapping, .. } = &supplier;
        let price_per_passenger = mapping.price_per_passenger();
        Templates { url, query, body: body.as_ref(), price_per_passenger }.check(entry)?;
        supplier.mapping.check().map_err(|(setting, problem)| {
            field_error(format!("response.{setting}").trim_end_matches('.'), &problem)
        })?;
        let several = entry.common.trips.iter().flatten().any(|trip| *trip != Trip::OneWay);
        if several && !supplier.mapping.reads_slices() {
            return Err(field_error("trips", &"needs `slices` in the response"));
        }
        let is_http_url = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if Url::parse(&supplier.url.render_example()).is_ok_and(is_http_url) {
            Ok(supplier)
        } else {
            Err(field_error("url", &"must be an http or https URL"))
        }
    }

    /// Builds the request for a search. `None` only for an invalid URL, which `from_entry` rejects.
    fn request(&self, query: &SearchQuery) -> Option<Request> {
        let context = Context::of(query);
        let mut url = Url::parse(&self.url.render(context)).ok()?;
        if !self.query.is_empty() {
            // A parameter that is a placeholder without a value is left out.
            let pairs = self.query.iter().filter(|(_, value)| value.has_value(context));
            url.query_pairs_mut().extend_pairs(pairs.map(|(name, value)| (name, value.render(context))));
        }
        let mut request = self.context.client.request(self.method.clone(), url);
        if let Some(body) = &self.body {
            request = request.json(&body.render(context));
        }
        request.headers(self.headers.clone()).build().ok()
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
        let status = response.status();
        if !status.is_success() {
            let reason = status.canonical_reason().unwrap_or("unknown status").to_owned();
            let retry = retry_after(response.headers());
            if let Some(transcript) = offers.transcript() {
                transcript.body(&ErrorResponse::read(response).await.body);
            }
            return Err(status_error(status, reason, retry));
        }
        let parser = self.mapping.parser(query, &self.code, &self.name, airports);
        let parse = |index, json: &[u8]| parser.parse(index, json);
        read_offers(response, self.mapping.offers_pointer(), self.limits, budget, offers, parse).await
    }
}

#[cfg(test)]
mod tests;
