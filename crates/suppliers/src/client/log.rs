//! What the log says of a supplier.

use std::{sync::Arc, time::Duration};

use contracts::{SearchId, SupplierCode};
use tracing::{debug, warn};

use super::Failure;
use crate::{
    SupplierError,
    log_throttle::{Complaints, cause},
    offers::Findings,
};

/// Writes the log about one supplier, and not too much of it.
pub(super) struct Journal {
    supplier: SupplierCode,
    failures: Arc<Complaints>,
    omissions: Complaints,
}

impl Journal {
    /// About `supplier`; what `failures` counts may be about others, too.
    pub(super) fn new(supplier: SupplierCode, failures: Arc<Complaints>) -> Self {
        Self { supplier, failures, omissions: Complaints::default() }
    }

    /// How a call for a search ended.
    pub(super) fn call(
        &self,
        search_id: SearchId,
        attempt: u32,
        took: Duration,
        answer: &Result<Findings, SupplierError>,
    ) {
        let supplier = &self.supplier;
        match answer {
            Ok(findings) => {
                debug!(%supplier, %search_id, attempt, ?took, offers = findings.good, "supplier answered");
                self.omission(search_id, findings);
            }
            Err(error) => {
                if let Some(suppressed) = self.failures.admit() {
                    warn!(%supplier, %search_id, attempt, ?took, cause = cause(error), suppressed, "supplier failed");
                } else {
                    debug!(%supplier, %search_id, attempt, ?took, cause = cause(error), "supplier failed");
                }
            }
        }
    }

    /// What of an answer was left out, if anything was.
    fn omission(&self, search_id: SearchId, findings: &Findings) {
        let Findings { good, wrong, first_wrong: Some(reason), .. } = findings else { return };
        if let Some(suppressed) = self.omissions.admit() {
            warn!(supplier = %self.supplier, %search_id, left_out = wrong, offers = good, first = cause(&**reason),
                suppressed, "offers are left out");
        }
    }

    /// Why a search has no answer, unless that was logged with the call.
    pub(super) fn no_answer(&self, search_id: SearchId, failure: &Failure) {
        if matches!(failure, Failure::Supplier(_) | Failure::NotAgain) {
            return;
        }
        if let Some(suppressed) = self.failures.admit() {
            warn!(supplier = %self.supplier, %search_id, cause = %failure, suppressed, "supplier gave no answer");
        }
    }
}
