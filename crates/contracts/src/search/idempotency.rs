use std::str::FromStr;

use super::Fingerprint;

/// The longest key that is accepted.
const LONGEST: usize = 255;

/// A client's name for a POST, so that sending it again submits no second search: 1 to 255 visible ASCII
/// characters of its choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// The key in Redis: a digest, so that its length is fixed and clients can't inject anything.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        Fingerprint::of(self.0.as_bytes())
    }
}

/// A text that can't be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(InvalidIdempotencyKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_visible_ascii_of_a_sensible_length() {
        for text in ["a", "~!\"key\"", &"k".repeat(255)] {
            assert!(text.parse::<IdempotencyKey>().is_ok(), "{text}");
        }
        for text in ["", "a b", "tab\t", "kéy", &"k".repeat(256)] {
            assert_eq!(text.parse::<IdempotencyKey>(), Err(InvalidIdempotencyKey), "{text}");
        }
    }
}
