use std::fmt;

use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::value::RawValue;

use super::InvalidEntry;

/// What stored JSON is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Array,
    Object,
}

/// JSON text on one line, ready for a Server-Sent Event. The syntax is checked where others may have written it; the content
/// is not.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonLine(Box<str>);

impl JsonLine {
    /// An empty array.
    #[must_use]
    pub fn empty_array() -> Self {
        Self("[]".into())
    }

    /// An empty object.
    #[must_use]
    pub fn empty_object() -> Self {
        Self("{}".into())
    }

    /// Writes `value`; serde's own output has no line breaks.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Self> {
        serde_json::to_string(value).map(|json| Self(json.into()))
    }

    /// Checks that the text is a JSON array.
    pub fn array(text: Vec<u8>) -> Result<Self, NotJson> {
        Self::checked(Kind::Array, text)
    }

    /// Checks that the text is a JSON object.
    pub fn object(text: Vec<u8>) -> Result<Self, NotJson> {
        Self::checked(Kind::Object, text)
    }

    /// JSON that this system has written itself: its syntax is not checked, only that it is on one line.
    pub(super) fn own(kind: Kind, text: Vec<u8>) -> Result<Self, NotJson> {
        let text = String::from_utf8(text).map_err(|_| NotJson("is not UTF-8"))?;
        let line_break = memchr::memchr2(b'\n', b'\r', text.as_bytes());
        let [first, last] = kind.brackets();
        if !text.starts_with(first) || !text.ends_with(last) || line_break.is_some() {
            return Err(kind.missing());
        }
        Ok(Self(text.into()))
    }

    /// JSON that others may have written.
    pub(super) fn checked(kind: Kind, mut text: Vec<u8>) -> Result<Self, NotJson> {
        // In valid JSON, line breaks are only between tokens; strings escape them.
        for byte in &mut text {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        let text = String::from_utf8(text).map_err(|_| NotJson("is not UTF-8"))?;
        let trimmed = text.trim_ascii();
        if !trimmed.starts_with(kind.brackets()[0]) || serde_json::from_str::<IgnoredAny>(trimmed).is_err() {
            return Err(kind.missing());
        }
        if trimmed.len() == text.len() { Ok(Self(text.into())) } else { Ok(Self(trimmed.into())) }
    }

    /// Parses the value of the field `name`.
    pub fn parse<T: DeserializeOwned>(&self, name: &str) -> Result<T, InvalidEntry> {
        serde_json::from_str(&self.0).map_err(|error| InvalidEntry::new(name, error.to_string()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Kind {
    fn brackets(self) -> [char; 2] {
        match self {
            Self::Array => ['[', ']'],
            Self::Object => ['{', '}'],
        }
    }

    fn missing(self) -> NotJson {
        match self {
            Self::Array => NotJson("must be a JSON array"),
            Self::Object => NotJson("must be a JSON object"),
        }
    }
}

impl From<JsonLine> for Box<RawValue> {
    fn from(line: JsonLine) -> Self {
        // Fails only if this system stored invalid JSON.
        RawValue::from_string(line.0.into()).unwrap_or_else(|_| RawValue::NULL.to_owned())
    }
}

impl fmt::Debug for JsonLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the expected JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotJson(&'static str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_become_spaces() {
        let json = JsonLine::array(b" [\n  {\"a\": \"b\\n\"},\r\n 2 ]\n".to_vec()).unwrap();
        assert_eq!(json.as_str(), "[   {\"a\": \"b\\n\"},   2 ]");
    }

    #[test]
    fn rejects_anything_but_an_array() {
        for text in ["", "{}", "null", "[", "[1,]", "[]]", "[\"a\nb"] {
            assert!(JsonLine::array(text.into()).is_err(), "{text}");
        }
        assert!(JsonLine::array(vec![b'[', 0xff, b']']).is_err());
    }
}
