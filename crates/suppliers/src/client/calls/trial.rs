use contracts::SearchQuery;
use tokio::time::{Instant, timeout_at};

use super::Calls;
use crate::{
    client::trial::{Trial, TrialOutcome},
    error::{SupplierError, cause},
};

impl Calls {
    /// Makes one call outside of all limits and metrics, and records it.
    pub(in crate::client) async fn trial(&self, query: &SearchQuery) -> Trial {
        let mut offers = self.collector(query).recording();
        let started = Instant::now();
        let deadline = started.checked_add(self.timeout).unwrap_or(started);
        let response = timeout_at(deadline, self.supplier.search(query, deadline, None, &mut offers)).await;
        let took = started.elapsed();
        let transcript = offers.transcript().map(std::mem::take).unwrap_or_default();
        let result = response.unwrap_or(Err(SupplierError::Timeout)).and_then(|()| offers.finish());
        let outcome = match result {
            Ok(offers) => TrialOutcome::Answered { itineraries: offers.valid, left_out: offers.rejected },
            Err(error) => TrialOutcome::Failed(cause(&error)),
        };
        Trial { transcript, took, outcome }
    }
}
