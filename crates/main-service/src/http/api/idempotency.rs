//! What the headers of a POST say about earlier ones: `Idempotency-Key` and `Cache-Control: no-cache`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, header};
use broker::Sharing;
use contracts::{FieldError, Fingerprint, IdempotencyKey, search::InvalidIdempotencyKey};

use crate::http::problem::Problem;

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What this POST may share with earlier ones; `None` if it is to be a search of its own and nothing else. Without a key, it
/// shares those of the last `window`.
pub(super) fn wanted(
    headers: &HeaderMap,
    window: Duration,
    fingerprint: impl FnOnce() -> Fingerprint,
    may_submit: bool,
) -> Result<Option<Sharing>, Problem> {
    let key = key(headers).map_err(|error| {
        Problem::Fields(vec![FieldError::new(IDEMPOTENCY_KEY.as_str(), error.to_string())])
    })?;
    if key.is_none() && window.is_zero() {
        return Ok(None);
    }
    Ok(Some(Sharing { fingerprint: fingerprint(), key, window, fresh: wants_fresh(headers), may_submit }))
}

/// Two keys are none that could be kept to.
fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, InvalidIdempotencyKey> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(InvalidIdempotencyKey);
    }
    value.to_str().map_err(|_| InvalidIdempotencyKey)?.parse().map(Some)
}

fn wants_fresh(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|directive| directive.trim().eq_ignore_ascii_case("no-cache"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn one_key_at_most() {
        assert!(matches!(key(&HeaderMap::new()), Ok(None)));
        assert!(matches!(key(&headers(&IDEMPOTENCY_KEY, &["a"])), Ok(Some(_))));
        for values in [&["a", "a"] as &[_], &[""], &["a b"], &["k\u{e9}y"]] {
            assert!(key(&headers(&IDEMPOTENCY_KEY, values)).is_err(), "{values:?}");
        }
    }

    #[test]
    fn fresh_is_asked_for_among_other_directives() {
        for (value, fresh) in [("no-cache", true), ("max-age=0, No-Cache", true), ("max-age=60", false)] {
            assert_eq!(wants_fresh(&headers(&header::CACHE_CONTROL, &[value])), fresh, "{value}");
        }
    }
}
