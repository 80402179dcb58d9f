use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The decimals of a currency that ISO 4217 does not list, or for which it gives none.
const USUAL_DECIMALS: u32 = 2;

/// A currency: three upper-case letters, ISO 4217. Well formed, but may not exist.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Indonesian rupiah.
    pub const IDR: Self = Self(*b"IDR");

    /// The euro, to which the European Central Bank's rates refer.
    pub const EUR: Self = Self(*b"EUR");

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get past `from_str`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals its amounts have, by ISO 4217: 2 for USD, 0 for JPY.
    #[must_use]
    pub fn decimals(self) -> u32 {
        let known = iso_currency::Currency::from_code(self.as_str());
        known.and_then(iso_currency::Currency::exponent).map_or(USUAL_DECIMALS, u32::from)
    }

    /// How many decimals a whole amount is written with: like all its amounts, but none in rupiah, whose sen nobody uses.
    pub(super) fn decimals_of_whole(self) -> u32 {
        if self == Self::IDR { 0 } else { self.decimals() }
    }
}

impl Default for Currency {
    /// The currency of a supplier or a search that names none.
    fn default() -> Self {
        Self::IDR
    }
}

/// A text that is not three upper-case letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 4217 code, like IDR")]
pub struct InvalidCurrency;

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidCurrency)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(InvalidCurrency) }
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_of_iso_4217() {
        for (code, decimals) in [("USD", 2), ("IDR", 2), ("JPY", 0), ("KWD", 3), ("XXX", 2), ("QQQ", 2)] {
            assert_eq!(code.parse::<Currency>().unwrap().decimals(), decimals, "{code}");
        }
    }

    #[test]
    fn a_code_is_three_upper_case_letters() {
        for text in ["", "idr", "EURO", "ID1", "ÄÖ"] {
            assert_eq!(text.parse::<Currency>(), Err(InvalidCurrency), "{text}");
        }
    }
}
