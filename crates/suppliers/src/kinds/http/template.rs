//! Texts with places for the query: `/flights/{from}/{to}?on={date}`.

use contracts::SearchQuery;

use crate::file::secrets::{InvalidSecret, Lookup, Piece, split};

/// A text with places for the query. `{{` and `}}` stand for braces.
#[derive(Clone)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone)]
enum Part {
    Text(String),
    Value(Value),
}

/// What can be filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    From,
    To,
    Date,
    Year,
    Month,
    Day,
    Passengers,
}

/// A text that is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidTemplate {
    #[error(transparent)]
    Secret(#[from] InvalidSecret),
    #[error(
        "there is no `{{{0}}}`; there are {{from}}, {{to}}, {{date}}, {{year}}, {{month}}, {{day}}, {{passengers}}"
    )]
    UnknownValue(String),
    #[error("a single `{0}`, which as a character is written twice")]
    Brace(char),
}

impl Template {
    /// Takes a text apart. Values stand only in what is written in the file, and not in a secret.
    pub(super) fn parse(text: &str, secrets: Lookup<'_>) -> Result<Self, InvalidTemplate> {
        let mut parts = Vec::new();
        for piece in split(text, secrets)? {
            match piece {
                Piece::Text(text) => parse_text(text, &mut parts)?,
                Piece::Secret(secret) => parts.push(Part::Text(secret)),
            }
        }
        Ok(Self(parts))
    }

    /// The text for a query.
    pub(super) fn render(&self, query: &SearchQuery) -> String {
        self.render_with(|value| value.of(query))
    }

    /// The text for some query, to see what it looks like.
    pub(super) fn example(&self) -> String {
        self.render_with(|_| "1".to_owned())
    }

    /// The value, if there is nothing else.
    pub(super) fn as_value(&self) -> Option<Value> {
        match self.0[..] {
            [Part::Value(value)] => Some(value),
            _ => None,
        }
    }

    fn render_with(&self, value: impl Fn(Value) -> String) -> String {
        self.0.iter().fold(String::new(), |mut text, part| {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Value(part) => text.push_str(&value(*part)),
            }
            text
        })
    }
}

fn parse_text(mut text: &str, parts: &mut Vec<Part>) -> Result<(), InvalidTemplate> {
    while let Some(at) = text.find(['{', '}']) {
        let (before, rest) = text.split_at(at);
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        text = if let Some(after) = rest.strip_prefix("{{") {
            parts.push(Part::Text("{".to_owned()));
            after
        } else if let Some(after) = rest.strip_prefix("}}") {
            parts.push(Part::Text("}".to_owned()));
            after
        } else if let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let value = Value::named(name).ok_or_else(|| InvalidTemplate::UnknownValue(name.to_owned()))?;
            parts.push(Part::Value(value));
            after
        } else {
            return Err(InvalidTemplate::Brace(if rest.starts_with('{') { '{' } else { '}' }));
        };
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

impl Value {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "from" => Self::From,
            "to" => Self::To,
            "date" => Self::Date,
            "year" => Self::Year,
            "month" => Self::Month,
            "day" => Self::Day,
            "passengers" => Self::Passengers,
            _ => return None,
        })
    }

    /// Letters, digits and hyphens only, so that it needs no quoting in a URL or elsewhere.
    fn of(self, query: &SearchQuery) -> String {
        let date = query.date.civil();
        match self {
            Self::From => query.origin.to_string(),
            Self::To => query.destination.to_string(),
            Self::Date => date.to_string(),
            Self::Year => format!("{:04}", date.year()),
            Self::Month => format!("{:02}", date.month()),
            Self::Day => format!("{:02}", date.day()),
            Self::Passengers => query.passengers.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> Result<String, InvalidTemplate> {
        let query = SearchQuery {
            origin: "CGK".parse().unwrap(),
            destination: "DPS".parse().unwrap(),
            date: "2025-07-01".parse().unwrap(),
            passengers: 2.try_into().unwrap(),
        };
        let secrets = |name: &str| (name == "KEY").then(|| "s{from}".to_owned());
        Template::parse(text, &secrets).map(|template| template.render(&query))
    }

    #[test]
    fn values_are_filled_in() {
        assert_eq!(render("/{from}/{to}?d={date}&n={passengers}").unwrap(), "/CGK/DPS?d=2025-07-01&n=2");
        assert_eq!(render("{day}.{month}.{year}").unwrap(), "01.07.2025");
        assert_eq!(render("{{from}} é {from}}}").unwrap(), "{from} é CGK}");
        assert_eq!(render("${KEY}{to}").unwrap(), "s{from}DPS");
    }

    #[test]
    fn what_is_no_template_is_refused() {
        assert_eq!(render("{form}"), Err(InvalidTemplate::UnknownValue("form".into())));
        assert_eq!(render("a { b"), Err(InvalidTemplate::Brace('{')));
        assert_eq!(render("a } b"), Err(InvalidTemplate::Brace('}')));
        assert!(matches!(render("${NONE}"), Err(InvalidTemplate::Secret(_))));
    }
}
