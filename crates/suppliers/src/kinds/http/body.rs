//! The JSON body of a request, written as TOML, whose texts are templates.

use contracts::SearchQuery;
use serde_json::{Map, Value as Json};

use super::template::{InvalidTemplate, Template, Value};
use crate::file::secrets::Lookup;

/// The body of a request.
#[derive(Clone)]
pub(super) enum Body {
    Text(Template),
    /// `"{passengers}"` alone is a number, as most APIs want it.
    Passengers,
    Array(Vec<Body>),
    Object(Vec<(String, Body)>),
    Constant(Json),
}

impl Body {
    /// Reads the body as it stands in the file.
    pub(super) fn parse(body: &toml::Value, secrets: Lookup<'_>) -> Result<Self, InvalidTemplate> {
        Ok(match body {
            toml::Value::String(text) => Self::text(Template::parse(text, secrets)?),
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
            toml::Value::Boolean(truth) => Self::Constant((*truth).into()),
            toml::Value::Datetime(time) => Self::Constant(time.to_string().into()),
        })
    }

    fn text(template: Template) -> Self {
        if template.as_value() == Some(Value::Passengers) { Self::Passengers } else { Self::Text(template) }
    }

    /// The body for a query.
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
