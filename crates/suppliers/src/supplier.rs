//! The trait that every kind of supplier implements.

use async_trait::async_trait;
use contracts::{SearchQuery, TraceContext};
use tokio::time::Instant;

use crate::{error::SupplierError, offers::OfferCollector};

/// A seller of flights.
///
/// An implementation makes one attempt: [`SupplierClient`](crate::SupplierClient) adds timeouts, retries and limits.
/// Dropping the future must cancel the request.
#[async_trait]
pub(crate) trait Supplier: Send + Sync + 'static {
    /// Searches for flights and adds each offer to `offers`; adding none is a valid response. The call is cancelled
    /// at `deadline`. The request carries `trace` in its headers, if it has one.
    async fn search(
        &self,
        query: &SearchQuery,
        deadline: Instant,
        trace: Option<&TraceContext>,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError>;
}
