use axum::http::{HeaderMap, HeaderValue, header};

/// How the bytes of an event stream are encoded: its `Content-Encoding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As they are.
    #[default]
    Identity,
    /// As one member of gzip.
    Gzip,
}

impl Coding {
    /// The coding that a request prefers by its `Accept-Encoding`. A client has to name a coding to get it: `*` alone
    /// does not say that it can decode any. Among equal ones, a compressed one.
    #[must_use]
    pub fn preferred(request: &HeaderMap) -> Self {
        let lines = request.get_all(header::ACCEPT_ENCODING).into_iter();
        let items = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        let (mut gzip, mut identity) = (0.0, 0.0);
        for (name, quality) in items.filter_map(item) {
            match name.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => gzip = quality,
                "identity" => identity = quality,
                _ => {}
            }
        }
        if gzip > 0.0 && gzip >= identity { Self::Gzip } else { Self::Identity }
    }

    /// Its name in HTTP and in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
        }
    }

    /// The value of `Content-Encoding`; none for identity.
    pub(crate) fn content_encoding(self) -> Option<HeaderValue> {
        (self != Self::Identity).then(|| HeaderValue::from_static(self.as_str()))
    }
}

/// A coding and its quality, 0 to 1. One with an invalid quality is left out.
fn item(text: &str) -> Option<(&str, f32)> {
    let (name, parameter) = text.split_once(';').map_or((text, None), |(name, rest)| (name, Some(rest)));
    let quality = match parameter {
        None => 1.0,
        Some(parameter) => {
            let (q, value) = parameter.split_once('=')?;
            let value = value.trim().parse().ok()?;
            if !q.trim().eq_ignore_ascii_case("q") || !(0.0..=1.0).contains(&value) {
                return None;
            }
            value
        }
    };
    Some((name.trim(), quality))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferred(lines: &[&'static str]) -> Coding {
        let values = lines.iter().map(|line| (header::ACCEPT_ENCODING, HeaderValue::from_static(line)));
        Coding::preferred(&values.collect())
    }

    #[test]
    fn a_client_gets_the_coding_that_it_prefers() {
        for gzip in [
            "gzip",
            "x-gzip",
            "GZIP;Q=0.001",
            "deflate, gzip, br, zstd",
            "gzip ; q = 0.5",
            "identity, gzip",
            "identity;q=0.5, gzip;q=0.6",
            "identity;q=0, gzip;q=0.1",
            "*;q=0, gzip",
        ] {
            assert_eq!(preferred(&[gzip]), Coding::Gzip, "{gzip}");
        }
        for identity in [
            "",
            "identity",
            "*",
            "br",
            "gzip;q=0",
            "gzip;q=0.000, *",
            "gzip;q=2",
            "gzip;q=-1",
            "gzip;q=NaN",
            "gzip;level=1",
            "gzip;q",
            "identity, gzip;q=0.9",
            "gzipped",
        ] {
            assert_eq!(preferred(&[identity]), Coding::Identity, "{identity}");
        }
        assert_eq!(preferred(&[]), Coding::Identity);
        assert_eq!(preferred(&["br", "gzip"]), Coding::Gzip, "a list on two lines");
    }
}
