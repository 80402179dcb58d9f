//! The table `check` of a supplier in the suppliers file: how it is asked for the price of one offer.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    mapping::OfferParser,
    placeholder::Placeholder,
    request::{HttpMethod, RequestSettings, RequestTemplate},
};
use crate::{
    error::{FieldProblem, ResponseError},
    file::{entry::SupplierEntry, error::RegistryError, secrets::SecretLookup},
    parts::ReadOffer,
    response::json_pointer::JsonPointer,
};

/// The settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckSettings {
    url: String,
    method: Option<HttpMethod>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    body: Option<toml::Value>,
    /// Where the offer is in the response. Without it, the response is the offer.
    offer: Option<JsonPointer>,
}

/// Asks for one offer by its `offer_ref`.
pub(super) struct CheckTemplate {
    pub(super) request: RequestTemplate,
    /// The JSON Pointer to the offer.
    offer: String,
}

impl CheckTemplate {
    /// Parses the settings.
    pub(super) fn parse(
        settings: CheckSettings,
        entry: &SupplierEntry,
        secrets: SecretLookup<'_>,
    ) -> Result<Self, RegistryError> {
        let CheckSettings { url, method, query, body, offer } = settings;
        let settings = RequestSettings { url, method, query, body };
        let request = RequestTemplate::parse(&settings, "check.", entry, secrets)?;
        if !request.has(Placeholder::OfferRef) {
            return Err(entry.field_error("check", &"needs {offer_ref} in the request"));
        }
        Ok(Self { request, offer: offer.map(|pointer| pointer.to_string()).unwrap_or_default() })
    }

    /// Parses a response. `None` if it has `null` in place of the offer.
    pub(super) fn parse_offer(
        &self,
        json: &[u8],
        parser: &OfferParser<'_>,
    ) -> Result<Option<ReadOffer>, ResponseError> {
        let response: Json = serde_json::from_slice(json).map_err(ResponseError::InvalidOfferJson)?;
        match response.pointer(&self.offer) {
            Some(Json::Null) => Ok(None),
            Some(offer) => parser.parse(0, offer.to_string().as_bytes()).map(Some),
            None => Err(ResponseError::InvalidField {
                index: 0,
                name: "check.offer",
                field: self.offer.clone(),
                problem: FieldProblem::Missing,
            }),
        }
    }
}

/// Whether a response says that the offer is not sold any more.
pub(super) fn is_gone(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}
