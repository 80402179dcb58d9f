//! The way to the list of offers in an answer.

use std::fmt;

use serde::Deserialize;

/// A JSON Pointer (RFC 6901) taken apart, like `/data/offers`. The empty one is the whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Path {
    text: String,
    steps: Vec<Step>,
}

/// From a value into one of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    key: String,
    index: Option<usize>,
}

/// A text that is no JSON Pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a JSON Pointer begins with `/`; a constant is {{ default = … }}")]
pub(crate) struct InvalidPath;

impl Path {
    /// Its steps, from the whole answer.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Step {
    fn parse(text: &str) -> Self {
        let is_index =
            text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
        Self {
            key: text.replace("~1", "/").replace("~0", "~"),
            index: text.parse().ok().filter(|_| is_index),
        }
    }

    /// Whether it leads into this member of an object.
    pub(crate) fn leads_into(&self, key: &str) -> bool {
        key == self.key
    }

    /// The same for a key as it is written, quotes included.
    pub(super) fn leads_into_written(&self, written: &[u8]) -> bool {
        let plain = written.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        match plain {
            Some(plain) if !plain.contains(&b'\\') => plain == self.key.as_bytes(),
            _ => serde_json::from_slice::<String>(written).is_ok_and(|key| key == self.key),
        }
    }

    /// Whether it leads into this element of an array.
    pub(crate) fn leads_into_element(&self, index: usize) -> bool {
        self.index == Some(index)
    }
}

impl TryFrom<String> for Path {
    type Error = InvalidPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let steps = match text.strip_prefix('/') {
            Some(steps) => steps.split('/').map(Step::parse).collect(),
            None if text.is_empty() => Vec::new(),
            None => return Err(InvalidPath),
        };
        Ok(Self { text, steps })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
