use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The status of a search. It leaves `Processing` once and never comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SearchStatus {
    /// Accepted, and not ended yet.
    Processing,
    /// Ended, and at least one supplier answered, even if without offers.
    Completed,
    /// Ended without any supplier's answer.
    Failed,
    /// Ended by the client.
    Cancelled,
}

/// How a search ended: every [`SearchStatus`] but `Processing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndStatus {
    /// At least one supplier answered.
    Completed,
    /// None did.
    Failed,
    /// The client cancelled it.
    Cancelled,
}

impl SearchStatus {
    /// The status as written to Redis and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// How the search ended, if it has.
    #[must_use]
    pub fn end(self) -> Option<EndStatus> {
        match self {
            Self::Processing => None,
            Self::Completed => Some(EndStatus::Completed),
            Self::Failed => Some(EndStatus::Failed),
            Self::Cancelled => Some(EndStatus::Cancelled),
        }
    }
}

impl EndStatus {
    /// The status as written to Redis and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        SearchStatus::from(self).as_str()
    }
}

impl From<EndStatus> for SearchStatus {
    fn from(status: EndStatus) -> Self {
        match status {
            EndStatus::Completed => Self::Completed,
            EndStatus::Failed => Self::Failed,
            EndStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// A word that is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be processing, completed, failed or cancelled")]
pub struct InvalidStatus;

impl FromStr for SearchStatus {
    type Err = InvalidStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "processing" => Ok(Self::Processing),
            "completed" => Ok(Self::Completed),
            "failed" => Ok(Self::Failed),
            "cancelled" => Ok(Self::Cancelled),
            _ => Err(InvalidStatus),
        }
    }
}

impl fmt::Display for SearchStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for EndStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
