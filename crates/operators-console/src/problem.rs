use std::time::Duration;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use broker::{Broker, BrokerError, Component};
use contracts::envelope::Success;
use serde::Serialize;
use serde_json::json;

/// How long a request may wait for Redis. The port closes a connection after ten seconds.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why a request failed.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The request is wrong.
    Invalid(String),
    /// The body is too large.
    TooLarge,
    /// The body is not declared as JSON.
    NotJson,
    /// The request may come from another site's page.
    CrossSite,
    /// The method is not one of this path.
    MethodNotAllowed,
    /// What was asked for is not there: a code, and what to do.
    NotFound(&'static str, String),
    /// Redis forbids these commands.
    Forbidden(Vec<String>),
    /// Redis could not do it.
    Redis(BrokerError),
}

/// An error that says nothing of permissions, because `explain` asks for them.
impl From<BrokerError> for Problem {
    fn from(error: BrokerError) -> Self {
        Self::Redis(error)
    }
}

/// A response with data.
pub(crate) type Answer<T> = Result<Json<Success<T>>, Problem>;

/// Waits for a request to Redis, but not for too long. If Redis forbids it, finds out what else it forbids.
pub(crate) async fn ask<T: Serialize>(
    broker: &Broker,
    message: &str,
    request: impl Future<Output = Result<T, Problem>>,
) -> Answer<T> {
    let answer = match tokio::time::timeout(TIMEOUT, request).await {
        Ok(answer) => answer,
        Err(_) => Err(Problem::Redis(BrokerError::TimedOut)),
    };
    match answer {
        Ok(data) => Ok(Json(Success::new(message, data))),
        Err(Problem::Redis(BrokerError::Forbidden(error))) => Err(explain(broker, error.to_string()).await),
        Err(problem) => Err(problem),
    }
}

/// Names the commands that operators need and Redis forbids.
pub(crate) async fn explain(broker: &Broker, error: String) -> Problem {
    match tokio::time::timeout(TIMEOUT / 2, broker.forbidden(Component::Operators)).await {
        Ok(Ok(forbidden)) if !forbidden.is_empty() => Problem::Forbidden(forbidden),
        _ => Problem::Forbidden(vec![error]),
    }
}

impl Problem {
    /// The code and the message.
    pub(crate) fn notice(&self) -> (&'static str, String) {
        match self {
            Self::Invalid(message) => ("invalid_request", message.clone()),
            Self::TooLarge => ("body_too_large", "the body may have 8 KiB at most".into()),
            Self::NotJson => (
                "unsupported_media_type",
                "send `content-type: application/json`, also without a body: it keeps other sites' pages out".into(),
            ),
            Self::CrossSite => (
                "cross_site",
                "another site's page may not do this: use this port's own page, or a client that is no browser".into(),
            ),
            Self::MethodNotAllowed => {
                ("method_not_allowed", "this path has no such method; docs/operating.md lists them".into())
            }
            Self::NotFound(code, message) => (code, message.clone()),
            Self::Forbidden(commands) => (
                "redis_forbids",
                format!("Redis forbids its user {}; permit them, or do without this view", commands.join(", ")),
            ),
            Self::Redis(error) => redis(error),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFound(..) => StatusCode::NOT_FOUND,
            Self::Forbidden(_) | Self::Redis(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

fn redis(error: &BrokerError) -> (&'static str, String) {
    match error {
        BrokerError::NotPrimary => ("redis_is_replica", "Redis is a replica, not the primary".into()),
        BrokerError::Full(_) => {
            ("redis_full", "Redis is full: raise its maxmemory, or wait until searches have ended".into())
        }
        BrokerError::Refused(_) => ("redis_refused", error.to_string()),
        _ => ("redis_unavailable", format!("{error}; try again when Redis is back")),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, message) = self.notice();
        if let Self::Redis(error) = &self {
            tracing::debug!(%error, "a request of an operator failed");
        }
        (self.status(), Json(json!({ "success": false, "code": code, "message": message }))).into_response()
    }
}
