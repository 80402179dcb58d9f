//! Asks one supplier, so that whatever it does the search goes on.

use std::time::Duration;

use async_trait::async_trait;
use contracts::{Offer, SearchQuery, SupplierCode, SupplierReport, SupplierStatus, outcome::Answer};
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use super::{Supplier, SupplierError, config::Common};

/// Where a supplier is asked.
pub struct Desk {
    code: SupplierCode,
    name: String,
    timeout: Duration,
    supplier: Box<dyn Supplier>,
}

impl Desk {
    /// A desk for `supplier`, which keeps to the limits of its entry in the file.
    pub(crate) fn new(common: &Common, supplier: Box<dyn Supplier>) -> Self {
        Self { code: common.code.clone(), name: common.name.clone(), timeout: common.timeout(), supplier }
    }

    /// A desk for a code that nobody has: it answers at once that this is an error.
    pub(crate) fn unknown(code: SupplierCode) -> Self {
        let name = code.to_string();
        Self { code, name, timeout: Duration::MAX, supplier: Box::new(Nobody) }
    }

    /// What the supplier is asked for by.
    #[must_use]
    pub fn code(&self) -> &SupplierCode {
        &self.code
    }

    /// What people call the supplier.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks the supplier. Never fails: the report's status tells what went wrong. Ends by `deadline`, then with
    /// status `timeout`. Dropping the future cancels the call.
    pub async fn ask(&self, query: &SearchQuery, deadline: Instant) -> Answer {
        let asked = Instant::now();
        let (status, offers) = match self.call(query, deadline).await {
            Ok(offers) if offers.is_empty() => (SupplierStatus::Empty, offers),
            Ok(offers) => (SupplierStatus::Ok, offers),
            Err(SupplierError::Timeout) => (SupplierStatus::Timeout, Vec::new()),
            Err(_) => (SupplierStatus::Error, Vec::new()),
        };
        let elapsed_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        let report = SupplierReport { code: self.code.clone(), name: self.name.clone(), status, elapsed_ms };
        Answer { report, offers }
    }

    async fn call(&self, query: &SearchQuery, deadline: Instant) -> Result<Vec<Offer>, SupplierError> {
        let until = Instant::now().checked_add(self.timeout).map_or(deadline, |own| own.min(deadline));
        let answer = timeout_at(until, self.supplier.search(query, until)).await;
        let answer = answer.unwrap_or(Err(SupplierError::Timeout));
        if let Err(error) = &answer {
            debug!(supplier = %self.code, error = error as &dyn std::error::Error, "supplier failed");
        }
        answer
    }
}

/// Stands in for a supplier that doesn't exist.
struct Nobody;

#[async_trait]
impl Supplier for Nobody {
    async fn search(&self, _query: &SearchQuery, _deadline: Instant) -> Result<Vec<Offer>, SupplierError> {
        Err(SupplierError::Unknown)
    }
}
