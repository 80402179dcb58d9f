use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use broker::BrokerError;
use contracts::{FieldError, envelope::Failure, search::InvalidRequest};

/// Whatever keeps a request from being answered as hoped. Each has one status and one code; clients get fixed
/// words, and the cause is logged here, once.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("the request is invalid")]
    Fields(Vec<FieldError>),
    #[error("{0}")]
    Body(String),
    #[error("{0}")]
    Query(String),
    #[error("the body must be application/json")]
    ContentType,
    #[error("the body is larger than {} KiB", .limit / 1024)]
    BodyTooLarge {
        /// In bytes.
        limit: usize,
    },
    #[error("the body did not come in time")]
    BodyTooSlow,
    #[error("no search has this id; it may have expired")]
    UnknownSearch,
    #[error("the search has no offer with this id; while it is running, one may still arrive")]
    UnknownOffer,
    #[error(
        "this supplier has no such price for the offer; while the search is running, one may still arrive"
    )]
    NotSold,
    #[error(
        "this supplier sells the offer only as one of two bookings; search for one way to check its price"
    )]
    TwoBookings,
    #[error("the search has ended already")]
    AlreadyEnded,
    #[error("this Idempotency-Key was used for another search")]
    KeyReused,
    #[error("there is nothing at this address")]
    NoSuchRoute,
    #[error("this address does not take that method")]
    MethodNotAllowed,
    #[error("too many searches are waiting; try again shortly")]
    Backlog,
    #[error("there is no room for more searches; try again shortly")]
    StorageFull,
    #[error("too many clients follow this search")]
    TooManyStreams,
    #[error("too many connections; try again shortly")]
    TooManyConnections,
    #[error("too many connections from one client; try again shortly")]
    TooManyFromClient,
    #[error("too many searches from one client; try again in {0} s")]
    RateLimited(u64),
    #[error("the service is not available right now; try again shortly")]
    Unavailable(#[source] BrokerError),
    /// The log says why, once.
    #[error("the service is not available right now; try again shortly")]
    Unfit,
    #[error("not ready: {0}")]
    NotReady(String),
    #[error("something went wrong here; it has been logged")]
    Internal(#[source] BrokerError),
    #[error("something went wrong here; it has been logged")]
    Panicked,
}

/// The code that a client was refused with: an extension of its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(pub(super) &'static str);

impl Problem {
    pub(super) fn status(&self) -> StatusCode {
        self.status_and_code().0
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Fields(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::Body(_) => (StatusCode::BAD_REQUEST, "invalid_body"),
            Self::Query(_) => (StatusCode::BAD_REQUEST, "invalid_query"),
            Self::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "body_too_slow"),
            Self::UnknownSearch => (StatusCode::NOT_FOUND, "unknown_search"),
            Self::UnknownOffer => (StatusCode::NOT_FOUND, "unknown_offer"),
            Self::NotSold => (StatusCode::CONFLICT, "not_sold"),
            Self::TwoBookings => (StatusCode::CONFLICT, "two_bookings"),
            Self::AlreadyEnded => (StatusCode::CONFLICT, "already_ended"),
            Self::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::NoSuchRoute => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Backlog => (StatusCode::SERVICE_UNAVAILABLE, "backlog_full"),
            Self::StorageFull => (StatusCode::SERVICE_UNAVAILABLE, "storage_full"),
            Self::TooManyStreams => (StatusCode::TOO_MANY_REQUESTS, "too_many_streams"),
            Self::TooManyConnections => (StatusCode::SERVICE_UNAVAILABLE, "too_many_connections"),
            Self::TooManyFromClient => (StatusCode::TOO_MANY_REQUESTS, "too_many_from_client"),
            Self::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::Unavailable(_) | Self::Unfit => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::NotReady(_) => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Internal(_) | Self::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// When trying again may help, in seconds from now.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(seconds) => Some(*seconds),
            Self::StorageFull => Some(10),
            Self::TooManyStreams
            | Self::TooManyConnections
            | Self::TooManyFromClient
            | Self::Backlog
            | Self::Unavailable(_)
            | Self::Unfit
            | Self::NotReady(_) => Some(1),
            _ => None,
        }
    }

    /// The code of a refusal that is no fault of this one request: such are counted, and logged together.
    fn refusal(&self) -> Option<Refused> {
        let refuses = matches!(
            self,
            Self::TooManyStreams
                | Self::TooManyFromClient
                | Self::RateLimited(_)
                | Self::Backlog
                | Self::StorageFull
        );
        refuses.then(|| Refused(self.status_and_code().1))
    }

    /// The codes of all refusals, those of connections included.
    pub(crate) fn refusal_codes() -> [&'static str; 6] {
        [
            Self::TooManyStreams,
            Self::TooManyFromClient,
            Self::RateLimited(0),
            Self::Backlog,
            Self::StorageFull,
            Self::TooManyConnections,
        ]
        .map(|problem| problem.status_and_code().1)
    }

    /// The message for the client.
    pub(super) fn into_failure(self) -> (StatusCode, Failure) {
        let (status, code) = self.status_and_code();
        let message = self.to_string();
        let errors = if let Self::Fields(errors) = self { errors } else { Vec::new() };
        (status, Failure::new(code, message, errors))
    }

    fn log(&self) {
        match self {
            Self::Unavailable(error) => tracing::warn!(%error, "a request failed"),
            Self::Internal(error) => tracing::error!(%error, "a request failed"),
            // What it said was written by the panic hook.
            Self::Panicked => tracing::error!("a request panicked"),
            _ => {}
        }
    }
}

impl From<BrokerError> for Problem {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Full(_) => Self::StorageFull,
            BrokerError::Forbidden(_) => Self::Unfit,
            error if error.is_transient() => Self::Unavailable(error),
            error => Self::Internal(error),
        }
    }
}

impl From<InvalidRequest> for Problem {
    fn from(error: InvalidRequest) -> Self {
        match error {
            InvalidRequest::Fields { errors, .. } => Self::Fields(errors),
            other => Self::Body(other.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
        let retry_after = self.retry_after();
        let refusal = self.refusal();
        let (status, failure) = self.into_failure();
        let mut response = (status, Json(failure)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(refusal) = refusal {
            response.extensions_mut().insert(refusal);
        }
        response
    }
}
