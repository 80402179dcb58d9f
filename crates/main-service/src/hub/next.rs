use sse_server::Frame;

/// What a subscriber gets next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<E = Frame> {
    /// An event.
    Event(E),
    /// The terminal event was the last one.
    End,
    /// No more events at this gateway: it stops, or the search is unknown.
    Closed,
}
