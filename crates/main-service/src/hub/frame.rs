use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use traces::{Span, SpanKind};

/// How many followers' writes of an event are spans. A search may have thousands of followers.
const MAX_WRITES: u32 = 3;

/// An encoded event.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    bytes: Bytes,
    /// `None` unless the search's trace is recorded.
    writes: Option<Arc<Writes>>,
}

/// The writes of an event, as far as they are spans.
#[derive(Debug)]
struct Writes {
    above: Arc<Span>,
    left: AtomicU32,
}

/// An event on its way to one follower. The span ends when the server no longer needs the bytes: it has written them, or
/// the connection has broken.
struct Written {
    bytes: Bytes,
    _span: Span,
}

impl Frame {
    /// An event that the process of the span `trace` has received or stored.
    pub(super) fn new(bytes: impl Into<Bytes>, trace: Option<Arc<Span>>) -> Self {
        let writes = |above| Arc::new(Writes { above, left: AtomicU32::new(MAX_WRITES) });
        Self { bytes: bytes.into(), writes: trace.map(writes) }
    }

    /// The bytes, for one follower to whom event `seq` is written now.
    pub(super) fn hand_out(self, seq: u64) -> Bytes {
        let Self { bytes, writes } = self;
        match writes.and_then(|writes| writes.next(seq, bytes.len())) {
            Some(span) => Bytes::from_owner(Written { bytes, _span: span }),
            None => bytes,
        }
    }
}

impl Writes {
    fn next(&self, seq: u64, bytes: usize) -> Option<Span> {
        let take = |left: u32| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        let mut span = self.above.child(SpanKind::Internal, "write event");
        span.set("flight_search.seq", i64::try_from(seq).unwrap_or(i64::MAX));
        span.set("flight_search.frame.size", i64::try_from(bytes).unwrap_or(i64::MAX));
        Some(span)
    }
}

impl AsRef<[u8]> for Written {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
