//! The JSON around every HTTP answer that is not an event stream.

use serde::{Deserialize, Serialize};

use crate::field_error::FieldError;

/// An answer that went well: `{"success":true,"message":"…","data":{…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Success<T> {
    /// Always true.
    pub success: bool,
    /// A sentence for people.
    pub message: String,
    /// What was asked for.
    pub data: T,
}

impl<T> Success<T> {
    /// Wraps `data`.
    pub fn new(message: impl Into<String>, data: T) -> Self {
        Self { success: true, message: message.into(), data }
    }
}

/// An answer that did not go well: `{"success":false,"code":"…","message":"…","errors":[…]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// Always false.
    pub success: bool,
    /// What went wrong, in one stable word for programs.
    pub code: String,
    /// What went wrong, in a sentence for people.
    pub message: String,
    /// Every wrong field of the request; empty when the fault lies elsewhere.
    pub errors: Vec<FieldError>,
}

impl Failure {
    /// A failure with these wrong fields, if any.
    pub fn new(code: impl Into<String>, message: impl Into<String>, errors: Vec<FieldError>) -> Self {
        Self { success: false, code: code.into(), message: message.into(), errors }
    }
}

/// `data` of the answer to an accepted POST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Submitted {
    /// The search's name, for the stream and the status.
    pub search_id: crate::SearchId,
    /// Where the search stands: `processing`.
    pub status: crate::SearchStatus,
    /// What keeps the search from being worked on, such as `no_worker`; absent where nothing does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// `data` of the answer to an accepted price check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckSubmitted {
    /// The check's name, for the stream and the status: the check is a search of its own.
    pub check_id: crate::SearchId,
    /// Where the check stands: `processing`.
    pub status: crate::SearchStatus,
    /// What keeps the check from being worked on, such as `no_worker`; absent where nothing does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Something that is wrong although the request went well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// What it is, in one stable word for programs.
    #[cfg_attr(feature = "openapi", schema(example = "no_worker"))]
    pub code: String,
    /// What it is, in a sentence for people.
    pub message: String,
}
