//! A JSON API over HTTP, described in the suppliers file: what to ask, and where in the answer the offers stand.

mod body;
mod extract;
mod field;
mod mapping;
mod template;

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::SearchQuery;
use reqwest::{
    Method, Request, Url,
    header::{ACCEPT, HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    Found, Options, RegistryError, Supplier, SupplierError,
    file::{ByteLimit, Entry, secrets::expand},
    http_client::{failure, retry_after, send},
    registry::Means,
    response::{self, Bounds},
};
use body::Body;
use mapping::Mapping;
use template::Template;

/// The most bytes that are read of one offer.
const MAX_OFFER_BYTES: usize = 64 * 1024;

/// A supplier's keys in the file, behind those that all kinds have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    url: String,
    method: Option<Verb>,
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
enum Verb {
    Get,
    Post,
}

/// A JSON API. It has no `Debug`: its templates hold keys.
pub struct Http {
    means: Means,
    method: Method,
    url: Template,
    query: Vec<(String, Template)>,
    headers: HeaderMap,
    body: Option<Body>,
    bounds: Bounds,
    mapping: Mapping,
    name: String,
}

impl Http {
    /// The API that an entry of kind `http` describes.
    pub(crate) fn from_entry(
        entry: &Entry,
        options: Options<'_>,
        means: Means,
    ) -> Result<Self, RegistryError> {
        let settings: Settings = entry.settings()?;
        let field = |name: &str, problem: &dyn ToString| entry.field(name, problem);
        let template = |name: &str, text: &str| {
            Template::parse(text, options.secrets).map_err(|problem| field(name, &problem))
        };

        let query = settings
            .query
            .iter()
            .map(|(name, text)| Ok((name.clone(), template(&format!("query.{name}"), text)?)));
        let body = settings.body.as_ref().map(|body| Body::parse(body, options.secrets)).transpose();
        let supplier = Self {
            means,
            method: match settings.method {
                Some(Verb::Post) => Method::POST,
                None if settings.body.is_some() => Method::POST,
                Some(Verb::Get) | None => Method::GET,
            },
            url: template("url", &settings.url)?,
            query: query.collect::<Result<_, RegistryError>>()?,
            headers: headers(entry, &settings.headers, options)?,
            body: body.map_err(|problem| field("body", &problem))?,
            bounds: Bounds { answer: settings.max_response_bytes.0, offer: MAX_OFFER_BYTES },
            mapping: settings.response,
            name: entry.common.name.clone(),
        };
        if !supplier.mapping.is_small() {
            return Err(field("response", &"has more than 64 pointers"));
        }
        let url = supplier.url.example();
        let fits =
            Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if fits { Ok(supplier) } else { Err(field("url", &"must be an http or https URL")) }
    }

    /// `None` only if the URL is none once filled in, which the example's being one rules out.
    fn request(&self, query: &SearchQuery) -> Option<Request> {
        let mut url = Url::parse(&self.url.render(query)).ok()?;
        if !self.query.is_empty() {
            let pairs = self.query.iter().map(|(name, value)| (name, value.render(query)));
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let mut request = self.means.client.request(self.method.clone(), url);
        if let Some(body) = &self.body {
            request = request.json(&body.render(query));
        }
        request.headers(self.headers.clone()).build().ok()
    }
}

fn headers(
    entry: &Entry,
    settings: &BTreeMap<String, String>,
    options: Options<'_>,
) -> Result<HeaderMap, RegistryError> {
    let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    for (name, text) in settings {
        let problem = |problem: &dyn ToString| entry.field(&format!("headers.{name}"), problem);
        let value = expand(text, options.secrets).map_err(|missing| problem(&missing))?;
        let name = HeaderName::try_from(name).map_err(|_| problem(&"is no name of a header"))?;
        let mut value =
            HeaderValue::try_from(value).map_err(|_| problem(&"has characters that no header may have"))?;
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
        found: &mut Found<'_>,
    ) -> Result<(), SupplierError> {
        let Means { client, budget, airports } = &self.means;
        let request = self.request(query).ok_or(SupplierError::Unaskable)?;
        let response = send(client, request).await?;
        let status = response.status();
        if !status.is_success() {
            let reason = status.canonical_reason().unwrap_or("an unknown status").to_owned();
            return Err(failure(status, reason, retry_after(response.headers())));
        }
        let reader = self.mapping.reader(query, &self.name, airports);
        let offer = |index, json: &[u8]| reader.offer(index, json);
        response::read(response, self.mapping.list(), self.bounds, budget, found, offer).await
    }
}

#[cfg(test)]
mod tests;
