use async_trait::async_trait;
use contracts::{SearchQuery, TraceContext};
use tokio::time::Instant;

use crate::{error::SupplierError, offers::OfferCollector, supplier::Supplier};

/// The supplier for a code that is not configured: every call fails at once.
pub(super) struct UnknownSupplier;

#[async_trait]
impl Supplier for UnknownSupplier {
    async fn search(
        &self,
        _query: &SearchQuery,
        _deadline: Instant,
        _trace: Option<&TraceContext>,
        _offers: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        Err(SupplierError::UnknownSupplier)
    }
}
