//! The JSON around every HTTP answer that is not an event stream.

use serde::{Deserialize, Serialize};

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

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Its name in the request.
    pub field: String,
    /// What is wrong with it, to be read after its name.
    pub message: String,
    /// What was probably meant, ready to be sent in its place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suggestion: Option<String>,
}

impl FieldError {
    /// Says `message` of `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), suggestion: None }
    }

    /// The same about a field inside of `outer`.
    #[must_use]
    pub(crate) fn inside(mut self, outer: &str) -> Self {
        self.field.insert_str(0, outer);
        self
    }

    /// The same with what was probably meant, if that is known.
    #[must_use]
    pub fn suggesting(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
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
