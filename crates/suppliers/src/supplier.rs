//! The trait that every kind of supplier implements.

use async_trait::async_trait;
use contracts::{PriceCheck, SearchQuery, TraceContext};
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

    /// Asks for the price of one offer, which an earlier search for `query` found, and adds the offer as it is now to
    /// `offers`, which rejects all others. Adding none says that the supplier no longer sells it; that it could not be
    /// asked is an error. Otherwise like [`search`](Self::search).
    ///
    /// For suppliers that can't be asked for one offer, this searches again.
    async fn check(
        &self,
        query: &SearchQuery,
        _check: &PriceCheck,
        deadline: Instant,
        trace: Option<&TraceContext>,
        offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        self.search(query, deadline, trace, offers).await
    }
}
