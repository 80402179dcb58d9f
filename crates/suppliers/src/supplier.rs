//! What a supplier is: it answers a query with offers, or with an error that says whether to ask again.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use contracts::SearchQuery;
use tokio::time::Instant;

use crate::{Found, Malformed, offers::Wrong};

/// Somebody who sells flights.
///
/// An implementation makes one attempt; when to try again, how often and how many at once is the desk's
/// business. The future may be dropped at any point and must then stop what it does.
#[async_trait]
pub trait Supplier: Send + Sync + 'static {
    /// Adds to `found` what it offers for `query`; nothing is an answer too. What it hasn't said by `deadline` is not
    /// heard.
    async fn search(
        &self,
        query: &SearchQuery,
        deadline: Instant,
        found: &mut Found<'_>,
    ) -> Result<(), SupplierError>;
}

/// Why a supplier gave no answer. Neither its text nor its sources hold an address or a secret.
#[derive(Debug, thiserror::Error)]
pub enum SupplierError {
    /// It did not answer within its timeout.
    #[error("no answer within the supplier's timeout")]
    Timeout,
    /// No connection to it, or one that broke.
    #[error("the connection failed")]
    Connection(#[source] Box<dyn Error + Send + Sync>),
    /// It answered with an HTTP status that is no success.
    #[error("it answered with status {status}: {detail}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// What it said about it.
        detail: String,
        /// Whether it makes sense to ask again.
        retry: Retry,
    },
    /// It sent more than it may.
    #[error("its answer is longer than {limit} bytes")]
    TooLong {
        /// The most it may send.
        limit: usize,
    },
    /// Its answer is not of the form that was agreed.
    #[error("its answer can't be read: {0}")]
    Malformed(#[from] Malformed),
    /// It has offers, and each is wrong.
    #[error("none of its {count} offers is of use: {reason}")]
    Useless {
        /// How many there are.
        count: usize,
        /// What is wrong with the first.
        reason: Box<Wrong>,
    },
    /// It redirects in circles, or to another host.
    #[error("it redirects in circles or to another host")]
    Redirected,
    /// The query can't be put into its terms.
    #[error("the query can't be put into a request")]
    Unaskable,
    /// A simulated carrier failed, as it is set to do now and then.
    #[error("simulated failure")]
    Simulated,
    /// Nobody here goes by the code that was asked for.
    #[error("this worker has no such supplier")]
    Unknown,
}

/// Whether the same question may be answered if it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No: the answer would be the same.
    Never,
    /// After a moment.
    Soon,
    /// The supplier says when.
    After(Duration),
}

impl SupplierError {
    /// Whether the same question may be answered if it is asked again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Timeout | Self::Connection(_) | Self::Simulated => Retry::Soon,
            Self::Status { retry, .. } => *retry,
            Self::TooLong { .. }
            | Self::Malformed(_)
            | Self::Useless { .. }
            | Self::Redirected
            | Self::Unaskable
            | Self::Unknown => Retry::Never,
        }
    }

    /// Whether it tells of the supplier's health, and not of the question: so many of these open the breaker.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match self {
            // Not let in, too slow, too often: the next question fares no better.
            Self::Status { status, .. } => {
                !(400..500).contains(status) || matches!(status, 401 | 403 | 408 | 429)
            }
            Self::Unaskable | Self::Unknown => false,
            _ => true,
        }
    }
}
