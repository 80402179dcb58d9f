use std::{fmt, str::FromStr};

use reqwest::Url;

/// A gateway's `http` or `https` URL, with a path if it is behind a proxy. Displayed without user and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl(Url);

/// The text is not a gateway's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a URL like http://localhost:8080")]
pub(crate) struct InvalidBaseUrl;

impl BaseUrl {
    /// The URL of a path below it, with an optional query.
    pub(crate) fn join(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// Whether connections use TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut url = Url::parse(text).map_err(|_| InvalidBaseUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBaseUrl);
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // Both fail only for URLs without a host, and http URLs have one.
        let _ = shown.set_password(None);
        let _ = shown.set_username("");
        f.write_str(shown.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str) -> String {
        base.parse::<BaseUrl>().unwrap().join("api/x?partials=true").to_string()
    }

    #[test]
    fn paths_go_below_it_with_or_without_a_slash() {
        assert_eq!(joined("http://localhost:8080"), "http://localhost:8080/api/x?partials=true");
        assert_eq!(joined("https://host/flights"), "https://host/flights/api/x?partials=true");
        assert_eq!(joined("https://host/flights/?x#y"), "https://host/flights/api/x?partials=true");
    }

    #[test]
    fn a_password_is_used_but_not_shown() {
        let base: BaseUrl = "http://ann:secret@localhost:8080/".parse().unwrap();
        assert_eq!(base.to_string(), "http://localhost:8080");
        assert_eq!(base.join("x").as_str(), "http://ann:secret@localhost:8080/x");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "localhost", "localhost:8080", "ftp://host", "http://", "file:///tmp"] {
            assert_eq!(text.parse::<BaseUrl>(), Err(InvalidBaseUrl), "{text}");
        }
    }
}
