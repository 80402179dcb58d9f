use contracts::{TravelDate, search::InvalidTravelDate};
use jiff::{Span, Zoned, civil::Date};

/// The text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidDay {
    /// Neither a date nor a word for a day.
    #[error("must be a date like 2027-07-10, today, tomorrow, or a number of days from today like +3d")]
    Form,
    /// A date that the calendar does not have.
    #[error("the calendar has no such day")]
    NoSuchDay,
}

/// Reads a day: a date, or one that counts from today by this machine's clock and time zone.
pub(super) fn parse_day(text: &str) -> Result<TravelDate, InvalidDay> {
    day_from(Zoned::now().date(), text)
}

fn day_from(today: Date, text: &str) -> Result<TravelDate, InvalidDay> {
    let days = match text.to_ascii_lowercase().as_str() {
        "today" => 0,
        "tomorrow" => 1,
        relative if relative.starts_with('+') => days_of(&relative[1..]).ok_or(InvalidDay::Form)?,
        _ => {
            return text.parse().map_err(|error| match error {
                InvalidTravelDate::Form => InvalidDay::Form,
                InvalidTravelDate::NoSuchDay => InvalidDay::NoSuchDay,
            });
        }
    };
    let day = Span::new().try_days(days).and_then(|span| today.checked_add(span));
    day.ok().and_then(|day| day.to_string().parse().ok()).ok_or(InvalidDay::NoSuchDay)
}

/// `3`, `3d`: three days; `2w`: two weeks.
fn days_of(text: &str) -> Option<i64> {
    let (number, days_each) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = number.parse().ok().filter(|_| is_number)?;
    number.checked_mul(days_each)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Result<String, InvalidDay> {
        day_from("2026-12-30".parse().unwrap(), text).map(|day| day.to_string())
    }

    #[test]
    fn days_count_from_today() {
        for (text, expected) in [
            ("2026-12-08", "2026-12-08"),
            ("today", "2026-12-30"),
            ("Tomorrow", "2026-12-31"),
            ("+0", "2026-12-30"),
            ("+3d", "2027-01-02"),
            ("+3", "2027-01-02"),
            ("+2W", "2027-01-13"),
        ] {
            assert_eq!(day(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_day() {
        for text in ["", "+", "+d", "+w", "+-1", "++1", "-1d", "3d", "+3 d", "+3m", "morgen", "10/07/2027"] {
            assert_eq!(day(text), Err(InvalidDay::Form), "{text}");
        }
        for text in ["2027-02-30", "+9999999d", "+999999999999999999w", "+9223372036854775807d"] {
            assert!(day(text).is_err(), "{text}");
        }
        assert_eq!(day("2027-02-30"), Err(InvalidDay::NoSuchDay));
    }

    #[test]
    fn today_is_the_local_date() {
        let before = Zoned::now().date();
        let today: Date = parse_day("today").unwrap().to_string().parse().unwrap();
        assert!(before <= today && today <= Zoned::now().date());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}", digits in "\\+[0-9]{0,24}[dw]?") {
            let _ = (day(&text), day(&digits));
        }
    }
}
