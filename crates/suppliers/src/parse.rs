//! How suppliers write amounts and times, and what is made of them.

use airports::{Airport, Airports};
use contracts::{IataCode, LocalTime};
use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};

use crate::error::response::Problem;

/// Amounts above this are no prices, and would lose their last digits on the way.
const MAX_AMOUNT: f64 = 1e15;

/// No itinerary takes longer.
const MAX_MINUTES: i64 = 7 * 24 * 60;

/// A decimal number, like `1250000.50`, in whole units.
pub(super) fn whole_units(text: &str) -> Result<u64, Problem> {
    let decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount = text.parse().ok().filter(|_| decimal).ok_or(Problem::NotAmount)?;
    rounded(amount)
}

/// An amount in whole units.
pub(super) fn rounded(amount: f64) -> Result<u64, Problem> {
    if !(0.0..=MAX_AMOUNT).contains(&amount) {
        return Err(Problem::NotAmount);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range, as just seen")]
    Ok(amount.round() as u64)
}

/// An ISO 4217 code.
pub(super) fn currency(text: &str) -> Result<String, Problem> {
    let fits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if fits { Ok(text.to_ascii_uppercase()) } else { Err(Problem::NotCurrency) }
}

/// A time at an airport, told with the airport's offset. A time without an offset is the airport's local time;
/// `zone` is where the airport lies by the supplier's word, in case nobody here knows.
pub(super) fn time_at(
    text: &str,
    code: IataCode,
    zone: Option<&str>,
    airports: &Airports,
) -> Result<LocalTime, Problem> {
    let pieces = Pieces::parse(text).map_err(|_| Problem::NotTime)?;
    let time = pieces.time().ok_or(Problem::NotTime)?;
    let local: DateTime = pieces.date().to_datetime(time);
    let zone = airports.airport(code).map(Airport::zone).or_else(|| TimeZone::get(zone?).ok());
    let at = match (pieces.to_numeric_offset(), &zone) {
        (Some(offset), _) => offset.to_timestamp(local),
        (None, Some(zone)) => zone.to_ambiguous_timestamp(local).compatible(),
        (None, None) => return Err(Problem::NoZone),
    };
    let at = at.map_err(|_| Problem::NotTime)?;
    let told = || pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    Ok(LocalTime::new(at, zone.map_or_else(told, |zone| zone.to_offset(at))))
}

/// An instant, told with the offset of an airport, or that of UTC if nobody knows where it lies.
pub(super) fn told_at(at: Timestamp, code: IataCode, airports: &Airports) -> LocalTime {
    let zone = airports.airport(code).map_or(TimeZone::UTC, Airport::zone);
    LocalTime::new(at, zone.to_offset(at))
}

/// The minutes from one time to another.
pub(super) fn minutes_between(departure: LocalTime, arrival: LocalTime) -> Result<u32, Problem> {
    let minutes = arrival.timestamp().duration_since(departure.timestamp()).as_mins();
    match u32::try_from(minutes) {
        Ok(count) if minutes <= MAX_MINUTES && arrival.timestamp() >= departure.timestamp() => Ok(count),
        _ => Err(Problem::NotAfterDeparture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_to_whole_units() {
        for (text, units) in [("0", 0), ("80.49", 80), ("80.50", 81), ("1250000", 1_250_000), (".5", 1)] {
            assert_eq!(whole_units(text), Ok(units), "{text}");
        }
        for text in ["", ".", "-1", "+1", "1e3", "NaN", "inf", "1,000", "1 000", "9999999999999999"] {
            assert_eq!(whole_units(text), Err(Problem::NotAmount), "{text}");
        }
        assert_eq!(rounded(f64::NAN), Err(Problem::NotAmount));
    }

    #[test]
    fn times_are_told_with_the_offset_of_the_airport() {
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
        assert_eq!(at("2025-07-10T08:00:00", "QQQ", Some("Mars/Olympus")), Err(Problem::NoZone));
        for text in ["", "08:00", "2025-07-10", "tomorrow", "2025-02-30T08:00:00", "2025-07-10T25:00:00"] {
            assert_eq!(at(text, "DPS", None), Err(Problem::NotTime), "{text}");
        }
    }

    #[test]
    fn nobody_arrives_before_leaving() {
        let time = |text: &str| text.parse().unwrap();
        let (early, late) = (time("2025-07-10T08:00:00+08:00"), time("2025-07-10T08:59:59+07:00"));
        assert_eq!(minutes_between(early, late), Ok(119));
        assert_eq!(minutes_between(late, early), Err(Problem::NotAfterDeparture));
        assert_eq!(minutes_between(early, time("2026-07-10T08:00:00Z")), Err(Problem::NotAfterDeparture));
    }
}
