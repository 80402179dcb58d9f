//! Parses the amounts, currencies and times that suppliers send.

use std::borrow::Cow;

use airports::{Airport, Airports};
use contracts::{Amount, Cabin, Currency, IataCode, LocalTime};
use jiff::{
    Timestamp,
    civil::{DateTime, Time},
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};
use rust_decimal::Decimal;

use crate::error::FieldProblem;

/// The longest itinerary: 7 days.
const MAX_MINUTES: i64 = 7 * 24 * 60;

/// Where a local time comes last on earth.
const LAST_OFFSET: Offset = Offset::constant(-12);

/// Parses a decimal number such as `1250000.50`.
pub(crate) fn decimal(text: &str) -> Result<Decimal, FieldProblem> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| is_decimal).ok_or(FieldProblem::NotAmount)
}

/// An amount of money with the decimals of its currency.
pub(crate) fn amount(value: Decimal, currency: Currency) -> Result<Amount, FieldProblem> {
    Amount::new(value, currency).map_err(|_| FieldProblem::NotAmount)
}

/// Parses an ISO 4217 code, in upper or lower case.
pub(crate) fn currency(text: &str) -> Result<Currency, FieldProblem> {
    text.to_ascii_uppercase().parse().map_err(|_| FieldProblem::NotCurrency)
}

/// Parses a cabin: a name such as `premium_economy` or `Premium Economy`, or a letter such as `Y`.
pub(crate) fn cabin(text: &str) -> Result<Cabin, FieldProblem> {
    let name = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    match name.as_str() {
        "y" => Ok(Cabin::Economy),
        "w" => Ok(Cabin::PremiumEconomy),
        "c" | "j" => Ok(Cabin::Business),
        "f" => Ok(Cabin::First),
        name => name.parse().map_err(|_| FieldProblem::NotCabin),
    }
}

/// Parses until when a price is sold: a point in time with an offset, such as `2025-07-10T06:05:00Z`. Without an offset it
/// is known only if that is over everywhere on earth: else an expired price would look valid.
pub(crate) fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, FieldProblem> {
    let text = separated(text.trim());
    let over_everywhere = || {
        let pieces = Pieces::parse(&*text).ok().filter(|pieces| pieces.offset().is_none())?;
        let local = pieces.date().to_datetime(pieces.time().unwrap_or(Time::MAX));
        LAST_OFFSET.to_timestamp(local).ok().filter(|end| *end < now)
    };
    text.parse().ok().or_else(over_everywhere).ok_or(FieldProblem::NotInstant)
}

/// Parses a date and time at an airport and gives it the airport's UTC offset. A text without an offset is local time
/// there, and a date and a time may follow each other directly. `zone` is the supplier's time zone for an airport that we
/// don't know.
pub(crate) fn time_at(
    text: &str,
    airport: IataCode,
    zone: Option<&str>,
    airports: &Airports,
) -> Result<LocalTime, FieldProblem> {
    let text = separated(text);
    let pieces = Pieces::parse(&*text).map_err(|_| FieldProblem::NotTime)?;
    let time = pieces.time().ok_or(FieldProblem::NotTime)?;
    let local: DateTime = pieces.date().to_datetime(time);
    let zone = airports.airport(airport).map(Airport::zone).or_else(|| TimeZone::get(zone?).ok());
    let at = match (pieces.to_numeric_offset(), &zone) {
        (Some(offset), _) => offset.to_timestamp(local),
        (None, Some(zone)) => zone.to_ambiguous_timestamp(local).compatible(),
        (None, None) => return Err(FieldProblem::NoTimeZone),
    };
    let at = at.map_err(|_| FieldProblem::NotTime)?;
    let own_offset = || pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    Ok(LocalTime::new(at, zone.map_or_else(own_offset, |zone| zone.to_offset(at))))
}

/// A date and a time with a `T` between them, also if they come from two fields: `2025-07-1006:05`.
fn separated(text: &str) -> Cow<'_, str> {
    match text.split_at_checked(10) {
        Some((date, time))
            if date.matches('-').count() == 2 && time.starts_with(|char: char| char.is_ascii_digit()) =>
        {
            format!("{date}T{time}").into()
        }
        _ => text.into(),
    }
}

/// The local time of an instant at an airport, or UTC at an unknown one.
pub(crate) fn local_time_at(at: Timestamp, airport: IataCode, airports: &Airports) -> LocalTime {
    let zone = airports.airport(airport).map_or(TimeZone::UTC, Airport::zone);
    LocalTime::new(at, zone.to_offset(at))
}

/// The minutes from departure to arrival, at most 7 days.
pub(crate) fn minutes_between(departure: LocalTime, arrival: LocalTime) -> Result<u32, FieldProblem> {
    let minutes = arrival.timestamp().duration_since(departure.timestamp()).as_mins();
    match u32::try_from(minutes) {
        Ok(count) if minutes <= MAX_MINUTES && arrival.timestamp() >= departure.timestamp() => Ok(count),
        _ => Err(FieldProblem::NotAfterDeparture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let read = |text: &str| amount(decimal(text)?, Currency::IDR).map(|amount| amount.to_string());
        for (text, exact) in
            [("0", "0"), ("80.49", "80.49"), ("80.50", "80.50"), ("1250000.00", "1250000"), (".5", "0.50")]
        {
            assert_eq!(read(text).as_deref(), Ok(exact), "{text}");
        }
        for text in ["", ".", "-1", "+1", "1e3", "NaN", "inf", "1,000", "1 000", "1_000", "9999999999999999"]
        {
            assert_eq!(read(text), Err(FieldProblem::NotAmount), "{text}");
        }
    }

    #[test]
    fn cabins_have_several_names() {
        for (text, expected) in [
            ("economy", Cabin::Economy),
            ("Premium Economy", Cabin::PremiumEconomy),
            ("PREMIUM-ECONOMY", Cabin::PremiumEconomy),
            ("J", Cabin::Business),
            ("first", Cabin::First),
        ] {
            assert_eq!(cabin(text), Ok(expected), "{text}");
        }
        assert_eq!(cabin("steerage"), Err(FieldProblem::NotCabin));
    }

    #[test]
    fn times_have_the_offset_of_the_airport() {
        let airports = Airports::embedded();
        let at = |text, code: &str, zone| {
            time_at(text, code.parse().unwrap(), zone, &airports).map(|time| time.to_string())
        };
        let eight = Ok("2025-07-10T08:00:00+08:00".to_owned());
        assert_eq!(at("2025-07-10T08:00:00", "DPS", None), eight);
        assert_eq!(at("2025-07-10 08:00", "DPS", Some("Europe/London")), eight);
        assert_eq!(at("2025-07-1008:00", "DPS", None), eight);
        assert_eq!(at("2025-07-10T00:00:00Z", "DPS", None), eight);
        assert_eq!(at("2025-07-10T07:00:00+07:00", "DPS", None), eight);
        assert_eq!(at("2025-07-10T08:00:00", "QQQ", Some("Asia/Makassar")), eight);
        assert_eq!(at("2025-07-10T08:00:00+08:00", "QQQ", None), eight);
        assert_eq!(at("2025-07-10T08:00:00", "QQQ", Some("Mars/Olympus")), Err(FieldProblem::NoTimeZone));
        for text in ["", "08:00", "2025-07-10", "tomorrow", "2025-02-30T08:00:00", "2025-07-10T25:00:00"] {
            assert_eq!(at(text, "DPS", None), Err(FieldProblem::NotTime), "{text}");
        }
    }

    #[test]
    fn an_expiry_without_an_offset_is_known_only_if_it_is_over_everywhere() {
        let now: Timestamp = "2025-07-10T12:00:00Z".parse().unwrap();
        let read = |text| expiry(text, now).map(|at| at.to_string());
        assert_eq!(read("2025-07-10T19:05:00+07:00").as_deref(), Ok("2025-07-10T12:05:00Z"));
        assert_eq!(read("2025-07-09T23:59:59").as_deref(), Ok("2025-07-10T11:59:59Z"));
        assert_eq!(read("2025-07-09 12:00").as_deref(), Ok("2025-07-10T00:00:00Z"));
        assert!(read("2025-07-09").is_ok(), "the end of that day");
        for text in ["2025-07-10T00:00:00", "2025-07-10", "2025-07-11T12:00", "soon", "2025-13-01"] {
            assert_eq!(read(text), Err(FieldProblem::NotInstant), "{text}");
        }
    }

    #[test]
    fn an_arrival_before_the_departure_is_an_error() {
        let time = |text: &str| text.parse().unwrap();
        let (early, late) = (time("2025-07-10T08:00:00+08:00"), time("2025-07-10T08:59:59+07:00"));
        assert_eq!(minutes_between(early, late), Ok(119));
        assert_eq!(minutes_between(late, early), Err(FieldProblem::NotAfterDeparture));
        assert_eq!(
            minutes_between(early, time("2026-07-10T08:00:00Z")),
            Err(FieldProblem::NotAfterDeparture)
        );
    }
}
