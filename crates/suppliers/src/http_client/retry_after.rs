use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::error::Retry;

/// When to retry according to the `Retry-After` header.
pub(crate) fn retry_after(headers: &HeaderMap) -> Retry {
    let value = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    value.and_then(|value| parse_delay(value, Timestamp::now())).map_or(Retry::Backoff, Retry::After)
}

/// Parses a number of seconds, or an HTTP date.
pub(crate) fn parse_delay(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_a_number_of_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:28:00Z".parse().unwrap();
        assert_eq!(parse_delay("120", now), Some(Duration::from_mins(2)));
        assert_eq!(parse_delay("Wed, 21 Oct 2015 07:28:07 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(parse_delay("Wed, 21 Oct 2015 07:00:00 GMT", now), Some(Duration::ZERO));
        for text in ["", "soon", "-3", "1.5"] {
            assert_eq!(parse_delay(text, now), None, "{text}");
        }
    }
}
