//! What keeps a search from being told to its end.

use std::{error::Error, fmt::Write, time::Duration};

use contracts::FieldError;

use crate::{client::BaseUrl, exit::Exit, text::clean};

/// Everything that can go wrong between this program and the gateway.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The server won't do what it was asked, and would not the next time either.
    #[error("{}", refusal(.message, .errors))]
    Refused {
        /// Why, in the server's words.
        message: String,
        /// What is wrong with the request.
        errors: Vec<FieldError>,
    },
    /// Nobody listens there, or no way leads there.
    #[error("can't reach {url}: {cause}")]
    Unreachable {
        /// The gateway's address.
        url: BaseUrl,
        /// What the network said.
        cause: String,
    },
    /// The connection went away in the middle.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The server can't do it now.
    #[error("the server is not available: {message}")]
    Unavailable {
        /// Why, in the server's words.
        message: String,
        /// When it hopes to be.
        retry_after: Option<Duration>,
    },
    /// The search is gone from the server.
    #[error("the server does not know the search any more; it may have expired")]
    UnknownSearch,
    /// The other side does not speak the contract.
    #[error("{0}")]
    NotUnderstood(String),
}

impl Trouble {
    /// What a request that got no answer, or not all of it, is to be called.
    pub(crate) fn of_request(error: &reqwest::Error, url: &BaseUrl) -> Self {
        if error.is_connect() {
            Self::Unreachable { url: url.clone(), cause: root_cause(error) }
        } else if error.is_timeout() {
            Self::Broken("no answer in time".into())
        } else {
            Self::Broken(root_cause(error))
        }
    }

    /// Whether another try may go better.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Broken(_) | Self::Unavailable { .. })
    }

    /// The least pause before another try that the server asks for.
    pub(crate) fn retry_after(&self) -> Duration {
        match self {
            Self::Unavailable { retry_after: Some(pause), .. } => *pause,
            _ => Duration::ZERO,
        }
    }

    /// What it means for the shell.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } => Exit::Refused,
            _ => Exit::ServerTrouble,
        }
    }
}

fn refusal(message: &str, errors: &[FieldError]) -> String {
    let mut text = clean(message);
    for FieldError { field, message, .. } in errors {
        // Writing to a String can't fail.
        let _ = write!(text, "\n  {}: {}", clean(field), clean(message));
    }
    text
}

/// The innermost cause: the outer ones only say that a request failed.
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
    fn a_refusal_names_every_field_on_a_line_of_its_own() {
        let errors = vec![
            FieldError::new("to", "no airport or city has the code DPX"),
            FieldError::new("suppliers", "no supplier is called ZZ"),
        ];
        let refused = Trouble::Refused { message: "the request is invalid".into(), errors };
        assert_eq!(
            refused.to_string(),
            "the request is invalid\n  to: no airport or city has the code DPX\n  suppliers: no supplier is called ZZ"
        );
        assert_eq!(refused.exit(), Exit::Refused);
    }
}
