//! What a supplier is: it answers a query with offers, or with an error that says whether to ask again.

use async_trait::async_trait;
use contracts::{Offer, SearchQuery};
use tokio::time::Instant;

/// Somebody who sells flights.
///
/// An implementation makes one attempt; when to try again, how often and how many at once is the desk's
/// business. The future may be dropped at any point and must then stop what it does.
#[async_trait]
pub trait Supplier: Send + Sync + 'static {
    /// What it offers for `query`; nothing is an answer too. What it hasn't said by `deadline` is not heard.
    async fn search(&self, query: &SearchQuery, deadline: Instant) -> Result<Vec<Offer>, SupplierError>;
}

/// Why a supplier gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum SupplierError {
    /// It did not answer within its timeout.
    #[error("no answer within the supplier's timeout")]
    Timeout,
    /// A simulated carrier failed, as it is set to do now and then.
    #[error("simulated failure")]
    Simulated,
    /// Nobody here goes by the code that was asked for.
    #[error("this worker has no such supplier")]
    Unknown,
}

impl SupplierError {
    /// Whether the same question may be answered a moment later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Timeout | Self::Simulated => true,
            Self::Unknown => false,
        }
    }
}
