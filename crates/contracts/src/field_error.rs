use serde::{Deserialize, Serialize};

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
