use std::{collections::HashMap, str::FromStr};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Amount, Currency};

/// Exchange rates of one day, as the European Central Bank publishes them.
///
/// Read from its daily CSV: a header `Date, USD, JPY, …` and a line with the day and, for each currency, how much of it
/// is worth one euro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRates {
    date: Date,
    per_euro: HashMap<Currency, Decimal>,
}

impl ExchangeRates {
    /// The day of the rates.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date
    }

    /// How many currencies have a rate, the euro included.
    #[must_use]
    pub fn currencies(&self) -> usize {
        self.per_euro.len()
    }

    /// The amount in another currency, rounded to its decimals. `None` if one of the two has no rate.
    #[must_use]
    pub fn convert(&self, amount: Amount, from: Currency, to: Currency) -> Option<Amount> {
        let (from, rate) = (self.per_euro.get(&from)?, self.per_euro.get(&to)?);
        let value = amount.decimal().checked_mul(*rate)?.checked_div(*from)?;
        Amount::new(value, to).ok()
    }
}

/// Why a text is not the European Central Bank's CSV of a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRates {
    /// It does not have two lines.
    #[error("it must have two lines: `Date, USD, JPY, …` and the rates of one day")]
    Lines,
    /// The header does not start with `Date`.
    #[error("its first line must start with `Date`")]
    Header,
    /// The second line does not start with a day.
    #[error("its second line must start with a day, like 23 November 2026 or 2026-11-23")]
    Date,
    /// A column's name is not a currency, or is there twice.
    #[error("column {0} of its first line must be a currency, each only once")]
    Currency(usize),
    /// A rate is missing, or not a positive number.
    #[error("its rate of {0} must be a positive decimal number or N/A")]
    Rate(Currency),
    /// There are more values than columns.
    #[error("its second line has more values than the first has columns")]
    Columns,
    /// No currency has a rate.
    #[error("it has no rate")]
    Empty,
}

impl FromStr for ExchangeRates {
    type Err = InvalidRates;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_start_matches('\u{feff}');
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (Some(header), Some(values), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(InvalidRates::Lines);
        };
        // The bank ends both lines with a comma.
        let cells = |line| str::trim_end_matches(line, ',').split(',').map(str::trim);
        let (mut names, mut values) = (cells(header), cells(values));
        if names.next() != Some("Date") {
            return Err(InvalidRates::Header);
        }
        let date = values.next().and_then(date).ok_or(InvalidRates::Date)?;
        let mut per_euro = HashMap::from([(Currency::EUR, Decimal::ONE)]);
        for (at, name) in names.enumerate() {
            let currency: Currency = name.parse().map_err(|_| InvalidRates::Currency(at + 2))?;
            let value = values.next().ok_or(InvalidRates::Rate(currency))?;
            if value == "N/A" {
                continue;
            }
            let rate = value.parse().ok().filter(|rate| *rate > Decimal::ZERO);
            if per_euro.insert(currency, rate.ok_or(InvalidRates::Rate(currency))?).is_some() {
                return Err(InvalidRates::Currency(at + 2));
            }
        }
        if values.next().is_some() {
            return Err(InvalidRates::Columns);
        }
        if per_euro.len() == 1 { Err(InvalidRates::Empty) } else { Ok(Self { date, per_euro }) }
    }
}

/// `23 November 2026`, as in the daily file, or `2026-11-23`, as in the bank's other files.
fn date(text: &str) -> Option<Date> {
    Date::strptime("%d %B %Y", text).or_else(|_| Date::strptime("%Y-%m-%d", text)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: &str = "Date, USD, JPY, IDR, ISK, \n23 November 2026, 1.0512, 162.33, 16789.25, N/A, \n";

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_are_converted_through_the_euro() {
        let rates: ExchangeRates = DAY.parse().unwrap();
        assert_eq!((rates.date().to_string(), rates.currencies()), ("2026-11-23".into(), 4));
        let convert = |amount: &str, from, to| {
            let amount = amount.parse().unwrap();
            rates.convert(amount, currency(from), currency(to)).map(|amount| amount.to_string())
        };
        assert_eq!(convert("3432000", "IDR", "USD").as_deref(), Some("214.88"));
        assert_eq!(convert("212.40", "USD", "IDR").as_deref(), Some("3392348.46"));
        assert_eq!(convert("100.00", "EUR", "JPY").as_deref(), Some("16233"));
        assert_eq!(convert("212.40", "USD", "USD").as_deref(), Some("212.40"));
        assert_eq!(convert("1", "USD", "ISK"), None);
        assert_eq!(convert("1000000000000", "EUR", "IDR"), None, "more than an amount may be");
    }

    #[test]
    fn both_forms_of_a_day_are_read() {
        assert_eq!(
            "Date,USD\r\n2026-11-23,1.05".parse::<ExchangeRates>().unwrap().date().to_string(),
            "2026-11-23"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let usd = currency("USD");
        for (text, expected) in [
            ("", InvalidRates::Lines),
            ("Date, USD", InvalidRates::Lines),
            ("Date, USD\n2026-11-23, 1\n2026-11-22, 1", InvalidRates::Lines),
            ("USD, Date\n1, 2026-11-23", InvalidRates::Header),
            ("Date, USD\nyesterday, 1", InvalidRates::Date),
            ("Date, dollar\n2026-11-23, 1", InvalidRates::Currency(2)),
            ("Date, USD, USD\n2026-11-23, 1, 1", InvalidRates::Currency(3)),
            ("Date, USD\n2026-11-23", InvalidRates::Rate(usd)),
            ("Date, USD\n2026-11-23, 0", InvalidRates::Rate(usd)),
            ("Date, USD\n2026-11-23, -1", InvalidRates::Rate(usd)),
            ("Date, USD\n2026-11-23, 1, 2", InvalidRates::Columns),
            ("Date, USD\n2026-11-23, N/A", InvalidRates::Empty),
            ("<html>\n<body>", InvalidRates::Header),
        ] {
            assert_eq!(text.parse::<ExchangeRates>(), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, date: String, rate in "[-0-9.eN/A]{0,12}") {
            let _ = text.parse::<ExchangeRates>();
            let _ = format!("Date, USD\n{date}, {rate}").parse::<ExchangeRates>();
        }
    }
}
