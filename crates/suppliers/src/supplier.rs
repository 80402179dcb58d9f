//! The trait that every kind of supplier implements.

use async_trait::async_trait;
use contracts::SearchQuery;
use tokio::time::Instant;

use crate::{error::SupplierError, offers::OfferCollector};

/// A seller of flights.
///
/// An implementation makes one attempt: [`SupplierClient`](crate::SupplierClient) adds timeouts, retries and limits.
/// Dropping the future must cancel the request.
#[async_trait]
pub(crate) trait Supplier: Send + Sync + 'static {
    /// Searches for flights and adds each offer to `offers`; adding none is a valid response. The call is cancelled
    /// at `deadline`.
    async fn search(
        &self,
        query: &SearchQuery,
        deadline: Instant,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError>;
}
