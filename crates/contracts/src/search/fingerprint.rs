use std::fmt;

use sha2::{Digest, Sha256};

use super::SearchRequest;

/// A SHA-256 digest, shown in hexadecimal: of what a search means, or of what names it.
///
/// Of a [`SearchRequest`] it is the same for two bodies that ask for the same, however they are written: `cgk` is
/// `CGK`, and neither the order of the suppliers nor that of the fields matters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(text: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(text).into())
    }
}

impl SearchRequest {
    /// What all requests share that ask for the same search.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut suppliers: Vec<_> = self.suppliers.iter().map(crate::SupplierCode::as_str).collect();
        suppliers.sort_unstable();
        let query = &self.query;
        let timeout = self.timeout.map(|timeout| timeout.as_millis().to_string()).unwrap_or_default();
        // No part can hold a space, so no two searches give the same text.
        Fingerprint::of(format!(
            "{} {} {} {} {} {timeout}",
            query.origin,
            query.destination,
            query.date,
            query.passengers,
            suppliers.join(",")
        ))
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

    fn of(body: &str) -> Fingerprint {
        SearchRequest::from_json(body.as_bytes()).unwrap().fingerprint()
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
