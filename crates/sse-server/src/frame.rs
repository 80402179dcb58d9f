//! Frames that every event stream needs, whatever its events are.

use std::{ops::RangeInclusive, time::Duration};

use bytes::Bytes;
use rand::RngExt;

/// A comment. Readers skip it; it shows proxies, and the server, that the other end is still there.
pub const HEARTBEAT: &[u8] = b":\n\n";

/// How soon clients come back after [`reconnect_later`], in milliseconds: spread out, so that not all come at once.
const SPREAD_MS: RangeInclusive<u64> = 500..=3000;

/// Tells the client how long to wait before it reconnects after the connection is lost.
#[must_use]
pub fn retry(after: Duration) -> Bytes {
    format!("retry: {}\n\n", after.as_millis()).into()
}

/// Tells the client to reconnect after a random wait of 0.5 to 3 s: the last frame of a stream that ends before its
/// events do.
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
