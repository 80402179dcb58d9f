use std::time::Duration;

/// A duration in milliseconds, as Redis expects it.
pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// A duration for BLOCK, where 0 means forever.
pub(crate) fn blocking_millis(span: Duration) -> u64 {
    millis(span).max(1)
}
