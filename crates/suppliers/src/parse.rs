//! Parses the amounts, currencies and times that suppliers send.

use airports::{Airport, Airports};
use contracts::{IataCode, LocalTime};
use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};

use crate::error::FieldProblem;

/// Larger amounts are not prices, and an `f64` would round them.
const MAX_AMOUNT: f64 = 1e15;

/// The longest itinerary: 7 days.
const MAX_MINUTES: i64 = 7 * 24 * 60;

/// Parses a decimal number such as `1250000.50` and rounds it to whole units.
pub(crate) fn amount(text: &str) -> Result<u64, FieldProblem> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount = text.parse().ok().filter(|_| is_decimal).ok_or(FieldProblem::NotAmount)?;
    round_amount(amount)
}

/// Rounds an amount to whole units.
pub(crate) fn round_amount(amount: f64) -> Result<u64, FieldProblem> {
    if !(0.0..=MAX_AMOUNT).contains(&amount) {
        return Err(FieldProblem::NotAmount);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range, as just checked")]
    Ok(amount.round() as u64)
}

/// Parses an ISO 4217 code, in upper or lower case.
pub(crate) fn currency(text: &str) -> Result<String, FieldProblem> {
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { Ok(text.to_ascii_uppercase()) } else { Err(FieldProblem::NotCurrency) }
}

/// Parses a date and time at an airport and gives it the airport's UTC offset. A text without an offset is local time
/// there. `zone` is the supplier's time zone for an airport that we don't know.
pub(crate) fn time_at(
    text: &str,
    airport: IataCode,
    zone: Option<&str>,
    airports: &Airports,
) -> Result<LocalTime, FieldProblem> {
    let pieces = Pieces::parse(text).map_err(|_| FieldProblem::NotTime)?;
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
    fn amounts_are_rounded_to_whole_units() {
        for (text, units) in [("0", 0), ("80.49", 80), ("80.50", 81), ("1250000", 1_250_000), (".5", 1)] {
            assert_eq!(amount(text), Ok(units), "{text}");
        }
        for text in ["", ".", "-1", "+1", "1e3", "NaN", "inf", "1,000", "1 000", "9999999999999999"] {
            assert_eq!(amount(text), Err(FieldProblem::NotAmount), "{text}");
        }
        assert_eq!(round_amount(f64::NAN), Err(FieldProblem::NotAmount));
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
