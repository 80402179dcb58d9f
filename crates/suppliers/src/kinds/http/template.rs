//! Texts with placeholders for the search, such as `/flights/{from}/{to}?on={date}`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::placeholder::{Context, Placeholder};
use crate::file::secrets::{InvalidSecret, SecretLookup, Segment, split};

/// What is escaped in URLs: all but letters, digits, and what RFC 3986 says is equivalent unescaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text with placeholders for the search. `{{` and `}}` are literal braces.
#[derive(Clone)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

/// Why a text is not a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidTemplate {
    #[error(transparent)]
    Secret(#[from] InvalidSecret),
    #[error("there is no placeholder `{{{0}}}`; use {list}", list = Placeholder::list())]
    UnknownPlaceholder(String),
    #[error("a single `{0}`; write it twice for a literal brace")]
    SingleBrace(char),
}

impl Template {
    /// Parses a text from the suppliers file. Placeholders in the value of a secret are not replaced.
    pub(super) fn parse(text: &str, secrets: SecretLookup<'_>) -> Result<Self, InvalidTemplate> {
        let mut parts = Vec::new();
        for segment in split(text, secrets)? {
            match segment {
                Segment::Text(text) => parse_text(text, &mut parts)?,
                Segment::Secret(secret) => parts.push(Part::Text(secret)),
            }
        }
        Ok(Self(parts))
    }

    /// The text for a search. A placeholder without a value leaves nothing.
    pub(super) fn render(&self, context: Context<'_>) -> String {
        self.render_with(|placeholder| {
            placeholder.value(context).map(|value| value.to_string()).unwrap_or_default()
        })
    }

    /// The same as part of a URL: what is no letter or digit in a value is escaped.
    pub(super) fn render_url(&self, context: Context<'_>) -> String {
        self.render_with(|placeholder| {
            let value = placeholder.value(context).map(|value| value.to_string()).unwrap_or_default();
            utf8_percent_encode(&value, RESERVED).to_string()
        })
    }

    /// Whether it is anything else than one placeholder that the search has no value for.
    pub(super) fn has_value(&self, context: Context<'_>) -> bool {
        self.as_placeholder().is_none_or(|placeholder| placeholder.value(context).is_some())
    }

    /// Whether it has this placeholder.
    pub(super) fn has(&self, wanted: Placeholder) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Placeholder(placeholder) if *placeholder == wanted))
    }

    /// The text with `1` for each placeholder.
    pub(super) fn render_example(&self) -> String {
        self.render_with(|_| "1".to_owned())
    }

    /// The placeholder, if the template has nothing else.
    pub(super) fn as_placeholder(&self) -> Option<Placeholder> {
        match self.0[..] {
            [Part::Placeholder(placeholder)] => Some(placeholder),
            _ => None,
        }
    }

    fn render_with(&self, value: impl Fn(Placeholder) -> String) -> String {
        self.0.iter().fold(String::new(), |mut text, part| {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Placeholder(placeholder) => text.push_str(&value(*placeholder)),
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
            let placeholder = Placeholder::named(name)
                .ok_or_else(|| InvalidTemplate::UnknownPlaceholder(name.to_owned()))?;
            parts.push(Part::Placeholder(placeholder));
            after
        } else {
            return Err(InvalidTemplate::SingleBrace(if rest.starts_with('{') { '{' } else { '}' }));
        };
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::query_on;

    fn render(text: &str) -> Result<String, InvalidTemplate> {
        let secrets = |name: &str| (name == "KEY").then(|| "s{from}".to_owned());
        Template::parse(text, &secrets)
            .map(|template| template.render(Context::of(&query_on("2025-07-01", "CGK", "DPS", 2))))
    }

    #[test]
    fn placeholders_are_replaced() {
        assert_eq!(render("/{from}/{to}?d={date}&n={passengers}").unwrap(), "/CGK/DPS?d=2025-07-01&n=2");
        assert_eq!(render("{day}.{month}.{year}").unwrap(), "01.07.2025");
        assert_eq!(render("{{from}} é {from}}}").unwrap(), "{from} é CGK}");
        assert_eq!(render("${KEY}{to}").unwrap(), "s{from}DPS");
        assert_eq!(render("{date}/{return_date}").unwrap(), "2025-07-01/");
    }

    #[test]
    fn a_reference_is_escaped_in_a_url() {
        let query = query_on("2025-07-01", "CGK", "DPS", 2);
        let template = Template::parse("/offers/{offer_ref}?on={date}", &|_| None).unwrap();
        let rendered = template.render_url(Context::of_offer(&query, "a/b?c=1&d%2F~."));
        assert_eq!(rendered, "/offers/a%2Fb%3Fc%3D1%26d%252F~.?on=2025-07-01");
        assert_eq!(template.render_url(Context::of(&query)), "/offers/?on=2025-07-01");
    }

    #[test]
    fn an_invalid_template_is_rejected() {
        assert_eq!(render("{form}"), Err(InvalidTemplate::UnknownPlaceholder("form".into())));
        assert_eq!(render("a { b"), Err(InvalidTemplate::SingleBrace('{')));
        assert_eq!(render("a } b"), Err(InvalidTemplate::SingleBrace('}')));
        assert!(matches!(render("${NONE}"), Err(InvalidTemplate::Secret(_))));
    }
}
