use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A three-letter IATA location code, of an airport (`CGK`) or of a city (`JKT`), in upper case.
///
/// It is well formed, but may not exist: the `airports` crate knows which codes do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IataCode([u8; 3]);

impl IataCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get past `from_str`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The code's three upper-case letters.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 3] {
        &self.0
    }
}

/// A text that is not three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a three-letter IATA code, like CGK")]
pub struct InvalidIataCode;

impl FromStr for IataCode {
    type Err = InvalidIataCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidIataCode)?;
        if letters.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(letters.map(|letter| letter.to_ascii_uppercase())))
        } else {
            Err(InvalidIataCode)
        }
    }
}

impl TryFrom<String> for IataCode {
    type Error = InvalidIataCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<IataCode> for String {
    fn from(code: IataCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for IataCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for IataCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
