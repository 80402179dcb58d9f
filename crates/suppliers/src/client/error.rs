use contracts::SupplierStatus;

use crate::error::SupplierError;

/// Why a search got no answer from a supplier.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    /// The last call failed.
    #[error(transparent)]
    Supplier(SupplierError),
    /// The search's deadline passed before or during a call.
    #[error("the search's deadline passed before an answer")]
    DeadlineExceeded,
    /// A call failed, and then the circuit breaker opened or the time in the queue ran out.
    #[error("the call failed and could not be retried")]
    RetryNotPossible,
    /// The circuit breaker is open, so no call was made.
    #[error("the circuit breaker is open")]
    CircuitOpen,
    /// The time in the queue ran out, so no call was made.
    #[error("the time in the queue ran out")]
    QueueTimeout,
}

impl AskError {
    /// The status in the supplier's report.
    pub(super) fn status(&self) -> SupplierStatus {
        match self {
            Self::Supplier(SupplierError::Timeout) | Self::DeadlineExceeded => SupplierStatus::Timeout,
            Self::Supplier(_) | Self::RetryNotPossible => SupplierStatus::Error,
            Self::CircuitOpen | Self::QueueTimeout => SupplierStatus::Unavailable,
        }
    }

    /// How many offers the supplier's last response had, if none of them was valid.
    pub(super) fn rejected_offers(&self) -> usize {
        match self {
            Self::Supplier(
                SupplierError::NoValidOffer { count, .. } | SupplierError::MayBeUnreadable { count, .. },
            ) => *count,
            _ => 0,
        }
    }
}
