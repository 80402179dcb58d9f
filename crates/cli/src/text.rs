//! Text for people.

use std::time::Duration;

/// Rupiah in the Indonesian form, `Rp 1.500.000`; other currencies as `USD 1,234`.
pub(crate) fn price(amount: u64, currency: &str) -> String {
    match currency {
        "IDR" => format!("Rp {}", grouped(amount, '.')),
        _ => format!("{} {}", clean(currency), grouped(amount, ',')),
    }
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

/// A short duration: `0.9 s`.
pub(crate) fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
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
    fn durations_have_units() {
        assert_eq!(flight_time(110), "1 h 50 m");
        assert_eq!(flight_time(605), "10 h 05 m");
        assert_eq!(seconds(Duration::from_millis(2_940)), "2.9 s");
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
