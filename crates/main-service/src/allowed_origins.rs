use std::str::FromStr;

use axum::http::{HeaderValue, Uri};

/// The origins whose pages may read answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Only the gateway's own.
    None,
    /// Any.
    Any,
    /// These.
    These(Vec<HeaderValue>),
}

/// A text that is no list of origins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin like https://example.org or http://localhost:3000, nor *")]
pub struct InvalidOrigin(String);

impl FromStr for AllowedOrigins {
    type Err = InvalidOrigin;

    /// Reads origins separated by commas. Empty for none, `*` for any.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut origins = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part == "*" {
                return Ok(Self::Any);
            }
            origins.push(origin(part).ok_or_else(|| InvalidOrigin(part.to_owned()))?);
        }
        Ok(if origins.is_empty() { Self::None } else { Self::These(origins) })
    }
}

/// An origin as a browser writes it: scheme, host and port, no path, in lower case.
fn origin(text: &str) -> Option<HeaderValue> {
    let text = text.to_ascii_lowercase();
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    let is_all = text.len() == scheme.len() + "://".len() + authority.len();
    let known = matches!(scheme, "http" | "https") && !authority.contains('@');
    (is_all && known).then(|| HeaderValue::try_from(text).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists() {
        assert_eq!("".parse(), Ok(AllowedOrigins::None));
        assert_eq!("https://a.example, *".parse(), Ok(AllowedOrigins::Any));
        let two = ["https://a.example", "http://localhost:3000"].map(HeaderValue::from_static);
        assert_eq!(
            " https://A.example,http://localhost:3000,".parse(),
            Ok(AllowedOrigins::These(two.into()))
        );
    }

    #[test]
    fn refuses_what_no_browser_would_send() {
        for text in
            ["a.example", "https://a.example/", "ftp://a.example", "https://u@a.example", "https://", "null"]
        {
            assert_eq!(text.parse::<AllowedOrigins>(), Err(InvalidOrigin(text.into())), "{text}");
        }
    }
}
