//! The forms of the variables' values. An error is a phrase that follows the variable's name.

use std::time::Duration;

use hyper::{
    Uri,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use percent_encoding::percent_decode_str;

/// A URL of a collector.
pub(super) fn uri(text: &str) -> Result<Uri, String> {
    let uri = text.parse::<Uri>().ok();
    uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some())
        .ok_or_else(|| "must be an http or https URL, such as http://localhost:4318".to_owned())
}

/// A number of milliseconds.
pub(super) fn millis(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(millis @ 1..=86_400_000) => Ok(Duration::from_millis(millis)),
        _ => Err("must be a whole number of milliseconds from 1 to 86400000 (a day)".to_owned()),
    }
}

/// A number of spans.
pub(super) fn number(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (1..=1_000_000).contains(number))
        .ok_or_else(|| "must be a whole number from 1 to 1000000".to_owned())
}

/// A share of all traces.
pub(super) fn ratio(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|ratio| (0.0..=1.0).contains(ratio))
        .ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

/// Pairs such as `a=1,b=two%20words`.
pub(super) fn list(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let decoded = |part: &str| percent_decode_str(part.trim()).decode_utf8().ok().map(String::from);
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decoded(name).filter(|name| !name.is_empty())?, decoded(value)?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| "must be pairs like name=value, separated by commas".to_owned())
}

/// Headers, as a [`list`]. They may contain keys, so they don't appear in errors or logs.
pub(super) fn headers(text: &str) -> Result<HeaderMap, String> {
    let header = |(name, value): (String, String)| {
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        Some((HeaderName::try_from(name).ok()?, value))
    };
    list(text)?
        .into_iter()
        .map(header)
        .collect::<Option<_>>()
        .ok_or_else(|| "has a name or a value that is not allowed in a header".to_owned())
}
