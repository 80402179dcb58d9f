use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use traces::{Span, SpanKind};

/// How many writes of an event are spans. A search may have thousands of subscribers.
const MAX_WRITES: u32 = 3;

/// An event as text.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    text: sse_server::Frame,
    /// `None` unless the search's trace is recorded.
    writes: Option<Arc<Writes>>,
}

/// The writes of an event, as far as they are spans.
#[derive(Debug)]
struct Writes {
    above: Arc<Span>,
    left: AtomicU32,
}

impl Frame {
    /// An event that the process of the span `trace` has received or stored.
    pub(super) fn new(text: impl Into<sse_server::Frame>, trace: Option<Arc<Span>>) -> Self {
        let writes = |above| Arc::new(Writes { above, left: AtomicU32::new(MAX_WRITES) });
        Self { text: text.into(), writes: trace.map(writes) }
    }

    /// The text, for one subscriber to whom event `seq` is written now. It holds the span, which ends when the server
    /// no longer needs the text: it has written it, or the connection has broken.
    pub(super) fn hand_out(self, seq: u64) -> sse_server::Frame {
        let Self { text, writes } = self;
        match writes.and_then(|writes| writes.next(seq, text.plain().len())) {
            Some(span) => text.holding(span),
            None => text,
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
