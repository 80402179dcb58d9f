use std::time::Duration;

/// A span as Redis takes it.
pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The same for BLOCK, where 0 would be for ever.
pub(crate) fn blocking_millis(span: Duration) -> u64 {
    millis(span).max(1)
}
