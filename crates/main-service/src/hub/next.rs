use bytes::Bytes;

/// What a subscriber gets next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// An event, encoded.
    Event(Bytes),
    /// The terminal event was the last one.
    End,
    /// No more events at this gateway: it stops, or the search is unknown.
    Closed,
}
