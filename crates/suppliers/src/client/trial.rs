//! One call for a person who sets up a supplier.

use std::time::Duration;

use contracts::SearchQuery;

use super::SupplierClient;
use crate::{capabilities::Asked, transcript::Transcript};

/// What came of one call.
pub struct Trial {
    /// What was sent, received and read.
    pub transcript: Transcript,
    /// How long it took.
    pub took: Duration,
    /// Whether the supplier answered.
    pub outcome: TrialOutcome,
}

/// Whether a supplier answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialOutcome {
    /// It was not called: it does not sell what is searched. The text says why.
    Skipped(String),
    /// The call failed. The text says why.
    Failed(String),
    /// It answered.
    Answered {
        /// How many itineraries its offers are for.
        itineraries: usize,
        /// How many offers were left out.
        left_out: usize,
    },
}

impl SupplierClient {
    /// Asks the supplier once, whatever its limits, without retries, and records the call.
    pub async fn trial(&self, query: &SearchQuery) -> Trial {
        let reason = match self.capabilities.asked(query) {
            Ok(Asked::Trip) => return self.calls.trial(query).await,
            Ok(Asked::OneWays(_)) => {
                "it sells only one way, so it is asked for each way: try each of them".into()
            }
            Err(skip) => skip.to_string(),
        };
        let outcome = TrialOutcome::Skipped(reason);
        Trial { transcript: Transcript::default(), took: Duration::ZERO, outcome }
    }
}
