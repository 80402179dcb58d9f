//! Which failed calls are retried, and after which delay.

use std::time::Duration;

use backon::ExponentialBuilder;
use tokio::time::Instant;

use super::error::AskError;
use crate::{error::Retry, file::settings::CommonSettings};

/// The longest backoff. A supplier may ask for a longer delay.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Exponential backoff with jitter, for as many retries as configured.
pub(super) fn backoff(settings: &CommonSettings) -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(settings.backoff.0)
        .with_max_delay(MAX_BACKOFF)
        .with_max_times(settings.retries)
        .with_jitter()
}

/// Whether another call may succeed.
pub(super) fn is_retryable(error: &AskError) -> bool {
    matches!(error, AskError::Supplier(error) if error.retry() != Retry::Never)
}

/// The delay before the next call: `backoff`, or longer if the supplier asks for it. `None` if the search's deadline
/// comes first.
pub(super) fn delay(error: &AskError, backoff: Duration, deadline: Instant) -> Option<Duration> {
    let delay = match error {
        AskError::Supplier(error) => match error.retry() {
            Retry::After(retry_after) => retry_after.max(backoff),
            Retry::Backoff | Retry::Never => backoff,
        },
        _ => backoff,
    };
    Instant::now().checked_add(delay).is_some_and(|next| next < deadline).then_some(delay)
}
