//! `${NAME}` in the suppliers file stands for a secret, which so needs not be in the file.

/// Looks up a secret by its name.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A secret that the file names and nobody has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidSecret {
    #[error("`${{{0}}}` is not set")]
    Missing(String),
    #[error("`${{` without `}}`")]
    Unclosed,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// As it stands in the file.
    Text(&'a str),
    /// What was looked up.
    Secret(String),
}

/// Takes a text apart at its secrets.
pub(crate) fn split<'a>(mut text: &'a str, lookup: Lookup<'_>) -> Result<Vec<Piece<'a>>, InvalidSecret> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = text.split_once("${") {
        let (name, after) = rest.split_once('}').ok_or(InvalidSecret::Unclosed)?;
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Secret(lookup(name).ok_or_else(|| InvalidSecret::Missing(name.to_owned()))?));
        text = after;
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}

/// The text with its secrets filled in.
pub(crate) fn expand(text: &str, lookup: Lookup<'_>) -> Result<String, InvalidSecret> {
    let pieces = split(text, lookup)?;
    Ok(pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Secret(secret) => secret.as_str(),
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
    fn secrets_are_filled_in_once_and_as_they_are() {
        assert_eq!(expand("Bearer ${KEY}!", &lookup).unwrap(), "Bearer ${KEY}{from}!");
        assert_eq!(expand("$KEY {KEY} $", &lookup).unwrap(), "$KEY {KEY} $");
    }

    #[test]
    fn a_secret_that_is_not_there_is_named() {
        assert_eq!(expand("${OTHER}", &lookup).unwrap_err().to_string(), "`${OTHER}` is not set");
        assert_eq!(expand("${KEY", &lookup), Err(InvalidSecret::Unclosed));
    }
}
