use std::fmt::Display;

use serde_json::{Map, Value};

use super::field::{InvalidParts, JsonField};

/// A JSON object within a field, at a path. Adds what is wrong with its fields to `wrong`.
pub(super) struct JsonObject<'a> {
    path: String,
    fields: &'a Map<String, Value>,
    wrong: &'a mut InvalidParts,
}

impl<'a> JsonObject<'a> {
    /// `None`, and an error, if the value is no object.
    pub(super) fn new(path: String, value: &'a Value, wrong: &'a mut InvalidParts) -> Option<Self> {
        if let Value::Object(fields) = value {
            Some(Self { path, fields, wrong })
        } else {
            wrong.refuse(path, &"must be an object");
            None
        }
    }

    /// A field that must be there. `None` if it is wrong.
    pub(super) fn required<T: JsonField>(&mut self, name: &str) -> Option<T> {
        let value = self.optional(name)?;
        if value.is_none() {
            self.refuse(name, &"is required");
        }
        value
    }

    /// A field that may be absent or null. `None` if it is wrong, `Some(None)` if it is absent.
    #[expect(clippy::option_option, reason = "an absent field is valid, a wrong one is not")]
    pub(super) fn optional<T: JsonField>(&mut self, name: &str) -> Option<Option<T>> {
        let Some(value) = self.value(name) else { return Some(None) };
        self.wrong.keep(self.path_of(name), T::from_json(value)).map(Some)
    }

    /// An object within this one. `None` if it is none, `Some(None)` if it is absent.
    #[expect(clippy::option_option, reason = "an absent field is valid, a wrong one is not")]
    pub(super) fn object(&mut self, name: &str) -> Option<Option<JsonObject<'_>>> {
        let path = self.path_of(name);
        match self.value(name) {
            Some(value) => JsonObject::new(path, value, self.wrong).map(Some),
            None => Some(None),
        }
    }

    /// Adds an error about a field.
    pub(super) fn refuse(&mut self, name: &str, problem: &dyn Display) {
        self.wrong.refuse(self.path_of(name), problem);
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
}
