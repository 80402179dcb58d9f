use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use super::Currency;

/// The highest amount, in whole units of any currency.
pub const MAX_AMOUNT: u64 = 1_000_000_000_000;

/// The most decimals: those of the Chilean unit of account.
pub const MAX_DECIMALS: u32 = 4;

/// The longest amount as text: [`MAX_AMOUNT`] with [`MAX_DECIMALS`].
pub(crate) const MAX_LEN: usize = 18;

/// An exact amount of money, from 0 to [`MAX_AMOUNT`], in a currency that is named beside it. In JSON a string such as
/// `212.40`, with the decimals of its currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(Decimal);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// An amount of `currency`, rounded to the currency's decimals, half of the last one up.
    ///
    /// # Errors
    ///
    /// If it is negative or more than [`MAX_AMOUNT`].
    pub fn new(value: Decimal, currency: Currency) -> Result<Self, InvalidAmount> {
        if !(Decimal::ZERO..=Decimal::from(MAX_AMOUNT)).contains(&value) {
            return Err(InvalidAmount);
        }
        let decimals = currency.decimals().min(MAX_DECIMALS);
        let mut value = value.abs().round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        value.rescale(if value.fract().is_zero() { currency.decimals_of_whole() } else { decimals });
        Ok(Self(value))
    }

    /// So many whole units of `currency`.
    ///
    /// # Errors
    ///
    /// If they are more than [`MAX_AMOUNT`].
    pub fn units(units: u64, currency: Currency) -> Result<Self, InvalidAmount> {
        Self::new(units.into(), currency)
    }

    /// The amount as a number.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Whole units, rounded up.
    #[must_use]
    pub fn units_rounded_up(self) -> u64 {
        self.0.ceil().to_u64().unwrap_or(MAX_AMOUNT)
    }
}

/// A text or number that is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a decimal number from 0 to {MAX_AMOUNT}, like 212.40")]
pub struct InvalidAmount;

impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value: Decimal =
            text.parse().ok().filter(|_| is_decimal && text.len() <= MAX_LEN).ok_or(InvalidAmount)?;
        let fits = value <= Decimal::from(MAX_AMOUNT) && value.scale() <= MAX_DECIMALS;
        if fits { Ok(Self(value)) } else { Err(InvalidAmount) }
    }
}

impl TryFrom<String> for Amount {
    type Error = InvalidAmount;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(value: &str, currency: &str) -> Result<Amount, InvalidAmount> {
        Amount::new(value.parse().unwrap(), currency.parse().unwrap())
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        for (value, currency, text) in [
            ("212.4", "USD", "212.40"),
            ("212", "USD", "212.00"),
            ("0.005", "USD", "0.01"),
            ("212.4", "JPY", "212"),
            ("1.5", "KWD", "1.500"),
            ("3432000.00", "IDR", "3432000"),
            ("1250000.5", "IDR", "1250000.50"),
            ("-0.0", "EUR", "0.00"),
        ] {
            assert_eq!(amount(value, currency).unwrap().to_string(), text);
        }
        for value in ["-0.01", "1000000000000.01"] {
            assert_eq!(amount(value, "EUR"), Err(InvalidAmount), "{value}");
        }
    }

    #[test]
    fn whole_units_are_rounded_up() {
        for (text, units) in
            [("0", 0), ("0.0001", 1), ("80.00", 80), ("80.01", 81), ("1000000000000", MAX_AMOUNT)]
        {
            assert_eq!(text.parse::<Amount>().unwrap().units_rounded_up(), units, "{text}");
        }
    }

    #[test]
    fn a_text_is_a_plain_decimal_number() {
        for text in ["0", "212.40", "1000000000000.0000"] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
        }
        let invalid = [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "1_000",
            "1,5",
            "0.00000",
            "1000000000000.0001",
            "00000000000000000000",
        ];
        for text in invalid {
            assert_eq!(text.parse::<Amount>(), Err(InvalidAmount), "{text}");
        }
    }
}
