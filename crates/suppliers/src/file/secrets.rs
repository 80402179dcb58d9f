//! Replaces `${NAME}` in the suppliers file, so that the file contains no secrets.

/// Looks up a secret by its name.
pub(crate) type SecretLookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why a secret can't be replaced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidSecret {
    #[error("`${{{0}}}` is not set")]
    Missing(String),
    #[error("`${{` without `}}`")]
    Unclosed,
}

/// A piece of a text with secrets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Segment<'a> {
    /// Text from the file.
    Text(&'a str),
    /// The value of a secret.
    Secret(String),
}

/// Splits a text at its secrets and looks them up.
pub(crate) fn split<'a>(
    mut text: &'a str,
    lookup: SecretLookup<'_>,
) -> Result<Vec<Segment<'a>>, InvalidSecret> {
    let mut segments = Vec::new();
    while let Some((before, rest)) = text.split_once("${") {
        let (name, after) = rest.split_once('}').ok_or(InvalidSecret::Unclosed)?;
        segments.push(Segment::Text(before));
        segments.push(Segment::Secret(lookup(name).ok_or_else(|| InvalidSecret::Missing(name.to_owned()))?));
        text = after;
    }
    segments.push(Segment::Text(text));
    Ok(segments)
}

/// Replaces the secrets in a text.
pub(crate) fn expand(text: &str, lookup: SecretLookup<'_>) -> Result<String, InvalidSecret> {
    let segments = split(text, lookup)?;
    Ok(segments
        .iter()
        .map(|segment| match segment {
            Segment::Text(text) => text,
            Segment::Secret(secret) => secret.as_str(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        (name == "KEY").then(|| "${KEY}{from}".to_owned())
    }

    #[test]
    fn secrets_are_replaced_once_and_not_interpreted() {
        assert_eq!(expand("Bearer ${KEY}!", &lookup).unwrap(), "Bearer ${KEY}{from}!");
        assert_eq!(expand("$KEY {KEY} $", &lookup).unwrap(), "$KEY {KEY} $");
    }

    #[test]
    fn an_error_names_the_missing_secret() {
        assert_eq!(expand("${OTHER}", &lookup).unwrap_err().to_string(), "`${OTHER}` is not set");
        assert_eq!(expand("${KEY", &lookup), Err(InvalidSecret::Unclosed));
    }
}
