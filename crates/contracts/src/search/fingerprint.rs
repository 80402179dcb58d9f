use std::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 digest, shown in hexadecimal: of what a search means, or of what names it.
///
/// Of a [`SearchRequest`] it is the same for two bodies that ask for the same, however they are written: `cgk` is
/// `CGK`, and neither the order of the suppliers nor that of the fields matters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(text: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The fingerprint of a search. The four fields that every search has go in by position, as versions before 0.2
    /// did, so that gateways of both give the same search the same fingerprint; further ones come last, by name.
    pub(super) fn of_search(fields: &[(&str, String)], suppliers: &str, timeout: &str) -> Self {
        let (every, further) = fields.split_at(fields.len().min(4));
        // No value holds a space, so no two searches give the same text.
        let mut text: String = every.iter().flat_map(|(_, value)| [value.as_str(), " "]).collect();
        text.extend([suppliers, " ", timeout]);
        for (name, value) in further {
            text.extend([" ", name, "=", value.as_str()]);
        }
        Self::of(text)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SearchRequest;

    fn of(body: &str) -> Fingerprint {
        SearchRequest::from_json(body.as_bytes(), jiff::civil::date(2026, 12, 1)).unwrap().fingerprint()
    }

    const PLAIN: &str = r#"{"from":"CGK","to":"DPS","date":"2025-07-10","passengers":2}"#;

    #[test]
    fn is_of_the_meaning_and_not_of_the_text() {
        let reordered = r#" {"passengers":2, "date":"2025-07-10", "to":"dps", "from":"cgk", "more":1} "#;
        assert_eq!(of(PLAIN), of(reordered));
        let some = |codes: &str| of(&PLAIN.replace('}', &format!(",\"suppliers\":[{codes}]}}")));
        assert_eq!(some(r#""GA","SQ""#), some(r#""sq","GA","SQ""#));
    }

    #[test]
    fn differs_where_the_search_differs() {
        let others = [
            PLAIN.replace("CGK", "SUB"),
            PLAIN.replace("DPS", "SUB"),
            PLAIN.replace("07-10", "07-11"),
            PLAIN.replace(":2}", ":3}"),
            PLAIN.replace('}', r#","suppliers":["GA"]}"#),
            PLAIN.replace('}', r#","timeout_ms":5000}"#),
        ];
        for other in others {
            assert_ne!(of(PLAIN), of(&other), "{other}");
        }
    }

    #[test]
    fn shows_as_hexadecimal() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::of("").to_string(), empty);
    }
}
