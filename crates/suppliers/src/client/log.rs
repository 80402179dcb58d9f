//! What is logged about one supplier: problems at `warn`, a few lines in ten seconds, and every call at `debug`.

use std::{sync::Arc, time::Duration};

use contracts::{SearchId, SupplierCode};
use log_throttle::LogThrottle;
use traces::Span;
use tracing::{debug, warn};

use super::error::AskError;
use crate::{
    error::{SupplierError, cause},
    offers::CollectedOffers,
};

/// The log of one supplier.
pub(super) struct CallLog {
    supplier: SupplierCode,
    failures: Arc<LogThrottle>,
    rejections: LogThrottle,
}

impl CallLog {
    /// The log of `supplier`. Several suppliers may share one throttle for `failures`.
    pub(super) fn new(supplier: SupplierCode, failures: Arc<LogThrottle>) -> Self {
        Self { supplier, failures, rejections: LogThrottle::default() }
    }

    /// Logs the result of a call.
    pub(super) fn call(
        &self,
        search_id: SearchId,
        attempt: u32,
        took: Duration,
        result: &Result<CollectedOffers, SupplierError>,
        span: &Span,
    ) {
        let (supplier, trace_id) = (&self.supplier, span.trace_id().map(tracing::field::display));
        match result {
            Ok(offers) => {
                debug!(%supplier, %search_id, attempt, ?took, offers = offers.valid, "supplier answered");
                self.rejected_offers(search_id, offers);
            }
            Err(error) => {
                if let Some(suppressed) = self.failures.allow() {
                    warn!(%supplier, %search_id, attempt, ?took, cause = cause(error), trace_id, suppressed, "supplier failed");
                } else {
                    debug!(%supplier, %search_id, attempt, ?took, cause = cause(error), "supplier failed");
                }
            }
        }
    }

    fn rejected_offers(&self, search_id: SearchId, offers: &CollectedOffers) {
        let CollectedOffers { valid, rejected, first_rejection: Some(reason), .. } = offers else { return };
        if let Some(suppressed) = self.rejections.allow() {
            warn!(supplier = %self.supplier, %search_id, left_out = rejected, offers = valid,
                first = cause(&**reason), suppressed, "offers are left out");
        }
    }

    /// Logs why a search got no answer, unless [`call`](Self::call) has logged it.
    pub(super) fn no_answer(&self, search_id: SearchId, error: &AskError, span: &Span) {
        if matches!(error, AskError::Supplier(_) | AskError::RetryNotPossible) {
            return;
        }
        if let Some(suppressed) = self.failures.allow() {
            let trace_id = span.trace_id().map(tracing::field::display);
            warn!(supplier = %self.supplier, %search_id, cause = %error, trace_id, suppressed, "supplier gave no answer");
        }
    }
}
