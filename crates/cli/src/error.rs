//! Errors between this program and the gateway.

use std::{error::Error, fmt::Write, time::Duration};

use contracts::FieldError;

use crate::{base_url::BaseUrl, exit::Exit, text::clean};

/// Why a search could not be submitted or followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The server rejected the request. A retry would get the same response.
    #[error("{}", rejection(.message, .errors))]
    Rejected {
        /// The server's message.
        message: String,
        /// The invalid fields.
        errors: Vec<FieldError>,
    },
    /// Connecting failed.
    #[error("can't reach {url}: {cause}")]
    Unreachable {
        /// The gateway's address.
        url: BaseUrl,
        /// The innermost cause.
        cause: String,
    },
    /// The connection broke during a response.
    #[error("the connection broke: {0}")]
    Disconnected(String),
    /// The server can't handle the request now.
    #[error("the server is not available: {message}")]
    Unavailable {
        /// The server's message.
        message: String,
        /// The pause that the server asks for.
        retry_after: Option<Duration>,
    },
    /// The server has no such search.
    #[error("the server no longer has this search; it may have expired, so search again")]
    UnknownSearch,
    /// The response is not one of a flight-search gateway.
    #[error("{0}")]
    InvalidResponse(String),
}

impl ClientError {
    /// The error of a request without a complete response.
    pub(crate) fn from_reqwest(error: &reqwest::Error, url: &BaseUrl) -> Self {
        if error.is_connect() {
            Self::Unreachable { url: url.clone(), cause: root_cause(error) }
        } else if error.is_timeout() {
            Self::Disconnected("the server did not respond in time".into())
        } else {
            Self::Disconnected(root_cause(error))
        }
    }

    /// The same, with the fields that `argument` knows named as arguments of the command line, each problem once.
    pub(crate) fn about_arguments(self, argument: impl Fn(&str) -> Option<String>) -> Self {
        let Self::Rejected { message, errors } = self else { return self };
        let mut named: Vec<FieldError> = Vec::with_capacity(errors.len());
        for mut error in errors {
            error.field = argument(&error.field).unwrap_or(error.field);
            if !named.contains(&error) {
                named.push(error);
            }
        }
        Self::Rejected { message, errors: named }
    }

    /// Whether a retry may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Disconnected(_) | Self::Unavailable { .. })
    }

    /// The shortest pause before a retry that the server asks for.
    pub(crate) fn retry_after(&self) -> Duration {
        match self {
            Self::Unavailable { retry_after: Some(pause), .. } => *pause,
            _ => Duration::ZERO,
        }
    }

    /// Prints it. Returns the exit code.
    pub(crate) fn print(&self) -> Exit {
        eprintln!("flight-search: {self}");
        self.exit()
    }

    /// The exit code of the program.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Rejected { .. } => Exit::Rejected,
            _ => Exit::ServerError,
        }
    }
}

fn rejection(message: &str, errors: &[FieldError]) -> String {
    let mut text = clean(message);
    for FieldError { field, message, .. } in errors {
        // Writing to a String can't fail.
        let _ = write!(text, "\n  {}: {}", clean(field), clean(message));
    }
    text
}

/// The innermost cause. The outer ones only say that a request failed.
pub(crate) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    clean(&cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_lists_each_field_on_its_own_line() {
        let errors = vec![
            FieldError::new("to", "no airport or city has the code DPX"),
            FieldError::new("suppliers", "no supplier is called ZZ"),
        ];
        let rejected = ClientError::Rejected { message: "the request is invalid".into(), errors };
        assert_eq!(
            rejected.to_string(),
            "the request is invalid\n  to: no airport or city has the code DPX\n  suppliers: no supplier is called ZZ"
        );
        assert_eq!(rejected.exit(), Exit::Rejected);
    }
}
