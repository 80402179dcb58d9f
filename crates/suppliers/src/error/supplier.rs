use std::{error::Error, time::Duration};

use super::{offer::RejectedOffer, response::ResponseError};

/// Why a call to a supplier failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SupplierError {
    /// It exceeded the supplier's own timeout.
    #[error("no response within the supplier's timeout")]
    Timeout,
    /// No connection could be opened, or it broke.
    #[error("the connection failed")]
    Connection(#[source] Box<dyn Error + Send + Sync>),
    /// The HTTP status is not a success.
    #[error("HTTP status {status}: {detail}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The supplier's explanation, or the status' standard reason.
        detail: String,
        /// Whether and when to retry.
        retry: Retry,
    },
    /// The response is longer than the supplier's `max_response_bytes`.
    #[error("the response is longer than {limit} bytes")]
    ResponseTooLong {
        /// The longest allowed response, in bytes.
        limit: usize,
    },
    /// The response can't be read.
    #[error("invalid response: {0}")]
    Response(#[from] ResponseError),
    /// The response has offers, and all of them were rejected.
    #[error("none of the {count} offers is valid: {reason}")]
    NoValidOffer {
        /// How many offers the response has.
        count: usize,
        /// Why the first was rejected.
        reason: Box<RejectedOffer>,
    },
    /// A price check did not find its offer among the valid ones, and it may be one of the rejected.
    #[error("the price was not found, and {count} of the offers can't be read: {reason}")]
    MayBeUnreadable {
        /// How many offers were rejected.
        count: usize,
        /// Why the first was rejected.
        reason: Box<RejectedOffer>,
    },
    /// The supplier redirects in a loop, or to another host.
    #[error("the supplier redirects in a loop or to another host")]
    Redirect,
    /// The search can't be turned into a request.
    #[error("the request can't be built")]
    InvalidRequest,
    /// A failure of a simulated supplier, from its `failure_rate`.
    #[error("simulated failure")]
    Simulated,
    /// No supplier is configured under the requested code.
    #[error("this worker has no such supplier")]
    UnknownSupplier,
}

/// Whether a failed call may be retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// The same request would fail again.
    Never,
    /// After the usual backoff.
    Backoff,
    /// After this delay, which the supplier asked for.
    After(Duration),
}

impl SupplierError {
    /// Whether the call may be retried.
    pub(crate) fn retry(&self) -> Retry {
        match self {
            Self::Timeout | Self::Connection(_) | Self::Simulated => Retry::Backoff,
            Self::Status { retry, .. } => *retry,
            Self::ResponseTooLong { .. }
            | Self::Response(_)
            | Self::NoValidOffer { .. }
            | Self::MayBeUnreadable { .. }
            | Self::Redirect
            | Self::InvalidRequest
            | Self::UnknownSupplier => Retry::Never,
        }
    }

    /// Whether the supplier is at fault, not the request: these failures open the circuit breaker.
    pub(crate) fn is_supplier_fault(&self) -> bool {
        match self {
            // These 4xx concern every request: wrong credentials, overload, too many requests.
            Self::Status { status, .. } => {
                !(400..500).contains(status) || matches!(status, 401 | 403 | 408 | 429)
            }
            // It has answered, and what it answers a search is mostly valid.
            Self::MayBeUnreadable { .. } | Self::InvalidRequest | Self::UnknownSupplier => false,
            _ => true,
        }
    }
}
