//! Suppliers, and their reports on a search.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// Names a supplier: a carrier's IATA code (`GA`) or the short name of an aggregator (`DUFFEL`), in upper case,
/// 2 to 16 of `A-Z`, `0-9`, `_` and `-`. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SupplierCode(Arc<str>);

impl SupplierCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that can't name a supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a supplier code of 2 to 16 letters or digits, like GA")]
pub struct InvalidSupplierCode;

impl FromStr for SupplierCode {
    type Err = InvalidSupplierCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (2..=16).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if fits { Ok(Self(text.to_ascii_uppercase().into())) } else { Err(InvalidSupplierCode) }
    }
}

impl TryFrom<String> for SupplierCode {
    type Error = InvalidSupplierCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SupplierCode> for String {
    fn from(code: SupplierCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for SupplierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a supplier answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SupplierStatus {
    /// It has offers.
    Ok,
    /// It has none for this search.
    Empty,
    /// It did not answer in time, or not before the search was cancelled.
    Timeout,
    /// It answered with an error, or with something that is no answer.
    Error,
    /// It was not asked, because it failed too often of late or is too busy.
    Unavailable,
    /// It was not asked, because it does not sell what is searched.
    Skipped,
}

impl SupplierStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Ok, Self::Empty, Self::Timeout, Self::Error, Self::Unavailable, Self::Skipped];

    /// Whether the supplier answered the question, if only with "none".
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Ok | Self::Empty)
    }

    /// The status as written to JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Empty => "empty",
            Self::Timeout => "timeout",
            Self::Error => "error",
            Self::Unavailable => "unavailable",
            Self::Skipped => "skipped",
        }
    }
}

/// What one supplier did for one search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplierReport {
    /// Which supplier.
    pub code: SupplierCode,
    /// What people call it.
    pub name: String,
    /// How it answered.
    pub status: SupplierStatus,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// How many offers it made, before the cap.
    #[serde(default)]
    pub offers: usize,
    /// How many further offers were left out because they were invalid or for another search; absent if none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rejected: usize,
    /// Why it was not asked, if its status is `skipped`; or why it has not answered, if the search was cancelled first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub reason: Option<String>,
}

impl SupplierReport {
    /// Whether the search was cancelled before it answered: it did not fail.
    #[must_use]
    pub fn was_cut_off(&self) -> bool {
        self.status == SupplierStatus::Timeout && self.reason.is_some()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A supplier that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplierListing {
    /// Its code, to be named in a search.
    pub code: SupplierCode,
    /// What people call it.
    pub name: String,
}
