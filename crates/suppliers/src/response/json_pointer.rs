//! JSON Pointers (RFC 6901), such as `/data/offers`.

use std::fmt;

use serde::Deserialize;

/// A parsed JSON Pointer. The empty pointer `""` is the whole document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct JsonPointer {
    text: String,
    tokens: Vec<Token>,
}

/// A reference token: an object's key or an array's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    key: String,
    index: Option<usize>,
}

/// A text that is not a JSON Pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a JSON Pointer starts with `/`; a constant is {{ default = … }}")]
pub(crate) struct InvalidPointer;

impl JsonPointer {
    /// The tokens, starting at the root of the document.
    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }
}

impl Token {
    fn parse(text: &str) -> Self {
        let is_index =
            text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
        Self {
            key: text.replace("~1", "/").replace("~0", "~"),
            index: text.parse().ok().filter(|_| is_index),
        }
    }

    /// Whether it refers to this key.
    pub(crate) fn matches_key(&self, key: &str) -> bool {
        key == self.key
    }

    /// Whether it refers to this key, which is JSON: quoted, and maybe escaped.
    pub(super) fn matches_json_key(&self, json: &[u8]) -> bool {
        let unquoted = json.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        match unquoted {
            Some(key) if !key.contains(&b'\\') => key == self.key.as_bytes(),
            _ => serde_json::from_slice::<String>(json).is_ok_and(|key| key == self.key),
        }
    }

    /// Whether it refers to this index of an array.
    pub(crate) fn matches_index(&self, index: usize) -> bool {
        self.index == Some(index)
    }
}

impl TryFrom<String> for JsonPointer {
    type Error = InvalidPointer;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let tokens = match text.strip_prefix('/') {
            Some(tokens) => tokens.split('/').map(Token::parse).collect(),
            None if text.is_empty() => Vec::new(),
            None => return Err(InvalidPointer),
        };
        Ok(Self { text, tokens })
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
