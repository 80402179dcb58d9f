//! The templates of a request.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Request, Url, header::HeaderMap};
use serde::Deserialize;

use super::{
    body_template::BodyTemplate,
    placeholder::{Context, Placeholder},
    template::Template,
};
use crate::file::{entry::SupplierEntry, error::RegistryError, secrets::SecretLookup};

/// The settings of a request.
pub(super) struct RequestSettings {
    pub(super) url: String,
    pub(super) method: Option<HttpMethod>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Option<toml::Value>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum HttpMethod {
    Get,
    Post,
}

/// A request with placeholders for the search. No `Debug`: it may contain keys.
pub(super) struct RequestTemplate {
    method: Method,
    url: Template,
    query: Vec<(String, Template)>,
    pub(super) body: Option<BodyTemplate>,
}

impl RequestTemplate {
    /// Parses the settings. `section` is before their names in errors: empty, or `check.`.
    pub(super) fn parse(
        settings: &RequestSettings,
        section: &str,
        entry: &SupplierEntry,
        secrets: SecretLookup<'_>,
    ) -> Result<Self, RegistryError> {
        let error =
            |name: &str, problem: &dyn ToString| entry.field_error(&format!("{section}{name}"), problem);
        let template =
            |name: &str, text: &str| Template::parse(text, secrets).map_err(|problem| error(name, &problem));
        let query = settings
            .query
            .iter()
            .map(|(name, text)| Ok((name.clone(), template(&format!("query.{name}"), text)?)));
        let body = settings.body.as_ref().map(|body| BodyTemplate::parse(body, secrets)).transpose();
        let request = Self {
            method: match settings.method {
                Some(HttpMethod::Post) => Method::POST,
                None if settings.body.is_some() => Method::POST,
                Some(HttpMethod::Get) | None => Method::GET,
            },
            url: template("url", &settings.url)?,
            query: query.collect::<Result<_, RegistryError>>()?,
            body: body.map_err(|problem| error("body", &problem))?,
        };
        let is_http_url = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if Url::parse(&request.url.render_example()).is_ok_and(is_http_url) {
            Ok(request)
        } else {
            Err(error("url", &"must be an http or https URL"))
        }
    }

    /// Builds the request for a search, or for one offer of it. `None` only for an invalid URL, which `parse` rejects.
    pub(super) fn render(
        &self,
        client: &Client,
        headers: &HeaderMap,
        context: Context<'_>,
    ) -> Option<Request> {
        let mut url = Url::parse(&self.url.render_url(context)).ok()?;
        if !self.query.is_empty() {
            // A parameter that is a placeholder without a value is left out.
            let pairs = self.query.iter().filter(|(_, value)| value.has_value(context));
            url.query_pairs_mut().extend_pairs(pairs.map(|(name, value)| (name, value.render(context))));
        }
        let mut request = client.request(self.method.clone(), url);
        if let Some(body) = &self.body {
            request = request.json(&body.render(context));
        }
        request.headers(headers.clone()).build().ok()
    }

    /// Whether it has this placeholder.
    pub(super) fn has(&self, placeholder: Placeholder) -> bool {
        self.url.has(placeholder)
            || self.query.iter().any(|(_, template)| template.has(placeholder))
            || self.body.as_ref().is_some_and(|body| body.has(placeholder))
    }

    /// The same, outside of `each_passenger`.
    pub(super) fn has_outside_of_passengers(&self, placeholder: Placeholder) -> bool {
        self.url.has(placeholder)
            || self.query.iter().any(|(_, template)| template.has(placeholder))
            || self.body.as_ref().is_some_and(|body| body.has_outside_of_passengers(placeholder))
    }
}
