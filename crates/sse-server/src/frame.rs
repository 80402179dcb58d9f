//! What streams are made of, and the frames that every stream needs, whatever its events are.

use std::{
    any::Any,
    fmt,
    ops::RangeInclusive,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use rand::RngExt;

use crate::{Coding, gzip::Piece};

/// When clients reconnect after [`reconnect_later`], in milliseconds: spread out, so that not all reconnect at once.
const SPREAD_MS: RangeInclusive<u64> = 500..=3000;

/// One or several whole events as text, shared by all streams. A clone is the same frame.
///
/// It is encoded for the first stream that wants it in a coding, and kept for the others.
#[derive(Clone)]
pub struct Frame {
    shared: Arc<Shared>,
    held: Option<Arc<dyn Any + Send + Sync>>,
}

struct Shared {
    plain: Bytes,
    gzip: OnceLock<Piece>,
}

impl Frame {
    /// Holds `held` until the frame and its clones have been written, or their streams are broken.
    #[must_use]
    pub fn holding(self, held: impl Any + Send + Sync) -> Self {
        Self { held: Some(Arc::new(held)), ..self }
    }

    /// The text.
    #[must_use]
    pub fn plain(&self) -> &Bytes {
        &self.shared.plain
    }

    /// How many bytes of a stream in this coding it takes. Encodes it if no stream has wanted that yet.
    #[must_use]
    pub fn size(&self, coding: Coding) -> usize {
        match coding {
            Coding::Identity => self.plain().len(),
            Coding::Gzip => self.gzip().len(),
        }
    }

    pub(crate) fn gzip(&self) -> &Piece {
        self.shared.gzip.get_or_init(|| Piece::of(self.plain()))
    }

    /// Bytes that `encode` makes of it, which hold what it holds.
    pub(crate) fn into_bytes(self, encode: impl FnOnce(&Self) -> Bytes) -> Bytes {
        let bytes = encode(&self);
        match self.held {
            Some(held) => Bytes::from_owner(Held { bytes, _held: held }),
            None => bytes,
        }
    }
}

struct Held {
    bytes: Bytes,
    _held: Arc<dyn Any + Send + Sync>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<B: Into<Bytes>> From<B> for Frame {
    fn from(plain: B) -> Self {
        let shared = Shared { plain: plain.into(), gzip: OnceLock::new() };
        Self { shared: Arc::new(shared), held: None }
    }
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.plain() == other.plain()
    }
}

impl Eq for Frame {}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plain().fmt(f)
    }
}

/// Sets how long the client waits before it reconnects after the connection is lost.
///
/// A line that joins the block of the next event. Some clients take a block of its own for an event without data.
#[must_use]
pub fn retry(after: Duration) -> Bytes {
    format!("retry: {}\n", after.as_millis()).into()
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
    fn a_frame_is_encoded_once_and_holds_something_until_it_is_written() {
        let frame = Frame::from("data: 1\n\n".repeat(100));
        let clone = frame.clone();
        let gzip = |frame: &Frame| std::ptr::from_ref(frame.gzip());
        assert_eq!(gzip(&frame), gzip(&clone));
        assert!(frame.size(Coding::Gzip) < frame.size(Coding::Identity) / 2);
        let guard = Arc::new(());
        let bytes = clone.holding(Arc::clone(&guard)).into_bytes(|frame| frame.plain().clone());
        assert_eq!((Arc::strong_count(&guard), bytes.len()), (2, 900));
        drop(bytes);
        assert_eq!(Arc::strong_count(&guard), 1);
    }

    #[test]
    fn retry_is_in_milliseconds() {
        assert_eq!(retry(Duration::from_secs(1)), "retry: 1000\n");
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
