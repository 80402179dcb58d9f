//! Frames that every event stream needs, whatever its events are.

use std::{ops::RangeInclusive, time::Duration};

use bytes::Bytes;
use rand::RngExt;

/// When clients reconnect after [`reconnect_later`], in milliseconds: spread out, so that not all reconnect at once.
const SPREAD_MS: RangeInclusive<u64> = 500..=3000;

/// Sets how long the client waits before it reconnects after the connection is lost.
#[must_use]
pub fn retry(after: Duration) -> Bytes {
    format!("retry: {}\n\n", after.as_millis()).into()
}

/// Asks the client to reconnect after a random wait of 0.5 to 3 s: the last frame of a stream that ends before its events
/// do.
#[must_use]
pub fn reconnect_later() -> Bytes {
    retry(Duration::from_millis(rand::rng().random_range(SPREAD_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_is_in_milliseconds() {
        assert_eq!(retry(Duration::from_secs(1)), "retry: 1000\n\n");
    }

    #[test]
    fn clients_reconnect_at_different_times() {
        let frames: std::collections::HashSet<_> = (0..50).map(|_| reconnect_later()).collect();
        assert!(frames.len() > 10);
        for frame in frames {
            let text = str::from_utf8(&frame).unwrap();
            let millis: u64 = text.trim().strip_prefix("retry: ").unwrap().parse().unwrap();
            assert!(SPREAD_MS.contains(&millis), "{text}");
        }
    }
}
