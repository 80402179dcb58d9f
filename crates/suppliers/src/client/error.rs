use std::time::Duration;

use contracts::SupplierStatus;
use tokio::time::Instant;

use crate::{Retry, SupplierError};

/// Why asking a supplier came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It was asked.
    #[error(transparent)]
    Supplier(SupplierError),
    /// The search was over before it answered.
    #[error("the search's deadline came before an answer")]
    OutOfTime,
    /// It was asked and failed, and could not be asked again.
    #[error("it failed and could not be asked again")]
    NotAgain,
    /// Its breaker is open.
    #[error("its breaker is open")]
    Open,
    /// The turn did not come in time.
    #[error("its turn did not come in time")]
    Busy,
}

impl Failure {
    pub(super) fn status(&self) -> SupplierStatus {
        match self {
            Self::Supplier(SupplierError::Timeout) | Self::OutOfTime => SupplierStatus::Timeout,
            Self::Supplier(_) | Self::NotAgain => SupplierStatus::Error,
            Self::Open | Self::Busy => SupplierStatus::Unavailable,
        }
    }

    pub(super) fn is_retryable(&self) -> bool {
        matches!(self, Self::Supplier(error) if error.retry() != Retry::Never)
    }

    /// How long to wait before asking again, if there is time for that.
    pub(super) fn wait(&self, backoff: Duration, deadline: Instant) -> Option<Duration> {
        let wait = match self {
            Self::Supplier(error) => match error.retry() {
                Retry::After(after) => after.max(backoff),
                Retry::Soon | Retry::Never => backoff,
            },
            Self::OutOfTime | Self::NotAgain | Self::Open | Self::Busy => backoff,
        };
        Instant::now().checked_add(wait).is_some_and(|again| again < deadline).then_some(wait)
    }
}
