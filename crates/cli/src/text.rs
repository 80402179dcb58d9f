//! Text for people.

use std::time::Duration;

use contracts::{Amount, Currency, LocalTime};

/// Rupiah in the Indonesian form, `Rp 1.500.000`; other currencies as `USD 1,234`.
pub(crate) fn price(amount: u64, currency: &str) -> String {
    match currency {
        "IDR" => format!("Rp {}", grouped(amount, '.')),
        _ => format!("{} {}", clean(currency), grouped(amount, ',')),
    }
}

/// An exact amount: `Rp 1.500.000`, `USD 1,234.50`.
pub(crate) fn money(amount: Amount, currency: Currency) -> String {
    let exact = amount.to_string();
    let (units, decimals) = exact.split_once('.').unwrap_or((&exact, ""));
    let text = price(units.parse().unwrap_or_default(), currency.as_str());
    let point = if currency == Currency::IDR { ',' } else { '.' };
    if decimals.is_empty() { text } else { format!("{text}{point}{decimals}") }
}

fn grouped(amount: u64, separator: char) -> String {
    let digits = amount.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// The duration of a flight: `1 h 50 m`.
pub(crate) fn flight_time(minutes: u32) -> String {
    format!("{} h {:02} m", minutes / 60, minutes % 60)
}

/// The same in less space: `1h50`.
pub(crate) fn short_flight_time(minutes: u32) -> String {
    format!("{}h{:02}", minutes / 60, minutes % 60)
}

/// The days between the local dates of a departure and an arrival: `+1`. `None` on the same day.
pub(crate) fn days_between(departure: LocalTime, arrival: LocalTime) -> Option<String> {
    let days = departure.date().until(arrival.date()).map_or(0, |span| span.get_days());
    (days != 0).then(|| format!("{days:+}"))
}

/// A local time of day: `06:05`.
pub(crate) fn clock(time: LocalTime) -> String {
    let minutes = time.minute_of_day();
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A local date: `Tue 8 Dec 2026`.
pub(crate) fn day_of(time: LocalTime) -> String {
    time.date().strftime("%a %-d %b %Y").to_string()
}

/// The offset of a local time: `UTC+7`, `UTC-3:30`.
pub(crate) fn zone(time: LocalTime) -> String {
    let text = time.to_string();
    // `+07:00`, at the end of RFC 3339.
    let (hours, minutes) =
        text.get(text.len().saturating_sub(6)..).and_then(|zone| zone.split_once(':')).unwrap_or_default();
    let hours: i8 = hours.parse().unwrap_or_default();
    if minutes == "00" { format!("UTC{hours:+}") } else { format!("UTC{hours:+}:{minutes}") }
}

/// A short duration: `0.9 s`.
pub(crate) fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}

/// A duration in milliseconds, in the largest unit that fits: `0.4 s`, `12 s`, `3 min`, `5 h`, `2 days`.
pub(crate) fn age(millis: u64) -> String {
    match millis / 1000 {
        0..10 => seconds(Duration::from_millis(millis)),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// A number of bytes: `512 B`, `3 KiB`, `2048 MiB`.
pub(crate) fn bytes(number: u64) -> String {
    match number {
        0..1024 => format!("{number} B"),
        1024..1_048_576 => format!("{} KiB", number / 1024),
        _ => format!("{} MiB", number / 1_048_576),
    }
}

/// `1 offer`, `2 offers`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Removes control characters, so that text from a server can't control the terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupiah_are_grouped_by_dots() {
        let shown: Vec<_> = [0, 999, 1_000, 1_500_000, 12_345_678].map(|amount| price(amount, "IDR")).into();
        assert_eq!(shown, ["Rp 0", "Rp 999", "Rp 1.000", "Rp 1.500.000", "Rp 12.345.678"]);
        assert_eq!(price(u64::MAX, "IDR"), "Rp 18.446.744.073.709.551.615");
    }

    #[test]
    fn other_currencies_keep_their_code() {
        assert_eq!(price(1_234, "USD"), "USD 1,234");
    }

    #[test]
    fn exact_amounts_keep_their_decimals() {
        let shown = |amount: &str, currency: &str| money(amount.parse().unwrap(), currency.parse().unwrap());
        assert_eq!(shown("3432000", "IDR"), "Rp 3.432.000");
        assert_eq!(shown("1212.40", "USD"), "USD 1,212.40");
        assert_eq!(shown("0.5", "IDR"), "Rp 0,5");
    }

    #[test]
    fn durations_have_units() {
        assert_eq!((flight_time(110), short_flight_time(605)), ("1 h 50 m".into(), "10h05".into()));
        assert_eq!(flight_time(605), "10 h 05 m");
        assert_eq!(seconds(Duration::from_millis(2_940)), "2.9 s");
    }

    #[test]
    fn ages_and_sizes_have_the_largest_unit_that_fits() {
        let ages: Vec<_> = [0, 9_900, 10_000, 119_000, 120_000, 7_200_000, 172_800_000].map(age).into();
        assert_eq!(ages, ["0.0 s", "9.9 s", "10 s", "119 s", "2 min", "2 h", "2 days"]);
        assert_eq!([1023, 1024, 3 << 20].map(bytes), ["1023 B", "1 KiB", "3 MiB"]);
    }

    #[test]
    fn local_times_have_a_day_a_time_and_a_zone() {
        let time: LocalTime = "2026-12-08T06:05:00+07:00".parse().unwrap();
        assert_eq!(
            (clock(time), day_of(time), zone(time)),
            ("06:05".into(), "Tue 8 Dec 2026".into(), "UTC+7".into())
        );
        let zones = ["2026-12-08T06:05:00-03:30", "2026-12-08T06:05:00+00:00", "2026-12-08T06:05:00-10:00"];
        let shown: Vec<_> = zones.map(|time| zone(time.parse().unwrap())).into();
        assert_eq!(shown, ["UTC-3:30", "UTC+0", "UTC-10"]);
        let next = "2026-12-09T01:00:00+08:00".parse().unwrap();
        assert_eq!(
            (days_between(time, next), days_between(next, time)),
            (Some("+1".into()), Some("-1".into()))
        );
        assert_eq!(days_between(time, time), None);
    }

    #[test]
    fn one_is_singular() {
        assert_eq!([0, 1, 2].map(|n| count(n, "offer")), ["0 offers", "1 offer", "2 offers"]);
    }

    #[test]
    fn control_characters_are_removed() {
        assert_eq!(clean("Ga\u{1b}[2Jru\u{7}da\r\n"), "Ga[2Jruda");
    }
}
