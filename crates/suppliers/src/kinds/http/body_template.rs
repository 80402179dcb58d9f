//! The JSON body of a request. The suppliers file has it as TOML, with templates for its strings.

use contracts::SearchQuery;
use serde_json::{Map, Value as Json};

use super::template::{InvalidTemplate, Placeholder, Template};
use crate::file::secrets::SecretLookup;

/// The JSON body of a request.
#[derive(Clone)]
pub(super) enum BodyTemplate {
    Text(Template),
    /// The string `"{passengers}"` becomes a number, as most APIs expect.
    Passengers,
    Array(Vec<BodyTemplate>),
    Object(Vec<(String, BodyTemplate)>),
    Constant(Json),
}

impl BodyTemplate {
    /// Parses the body from the suppliers file.
    pub(super) fn parse(body: &toml::Value, secrets: SecretLookup<'_>) -> Result<Self, InvalidTemplate> {
        Ok(match body {
            toml::Value::String(text) => match Template::parse(text, secrets)? {
                template if template.as_placeholder() == Some(Placeholder::Passengers) => Self::Passengers,
                template => Self::Text(template),
            },
            toml::Value::Array(items) => {
                let items = items.iter().map(|item| Self::parse(item, secrets));
                Self::Array(items.collect::<Result<_, _>>()?)
            }
            toml::Value::Table(table) => {
                let items = table.iter().map(|(key, item)| Ok((key.clone(), Self::parse(item, secrets)?)));
                Self::Object(items.collect::<Result<_, InvalidTemplate>>()?)
            }
            toml::Value::Integer(number) => Self::Constant((*number).into()),
            toml::Value::Float(number) => Self::Constant((*number).into()),
            toml::Value::Boolean(value) => Self::Constant((*value).into()),
            toml::Value::Datetime(time) => Self::Constant(time.to_string().into()),
        })
    }

    /// The body for a search.
    pub(super) fn render(&self, query: &SearchQuery) -> Json {
        match self {
            Self::Text(template) => template.render(query).into(),
            Self::Passengers => query.passengers.get().into(),
            Self::Array(items) => items.iter().map(|item| item.render(query)).collect(),
            Self::Object(items) => {
                let items = items.iter().map(|(key, item)| (key.clone(), item.render(query)));
                Json::Object(items.collect::<Map<_, _>>())
            }
            Self::Constant(value) => value.clone(),
        }
    }
}
