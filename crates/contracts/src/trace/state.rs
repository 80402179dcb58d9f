use std::{fmt, str::FromStr};

/// The longest `tracestate` that is passed on, in bytes: as much as W3C asks for. It is stored with the search.
const MAX_BYTES: usize = 512;
/// The most entries that it may have.
const MAX_ENTRIES: usize = 32;

/// A `tracestate`: `key=value` pairs of tracing systems, separated by commas, which are passed on unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceState(Box<str>);

/// Not a valid `tracestate`, or a longer one than is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a tracestate like rojo=1,congo=2, of up to 512 bytes")]
pub struct InvalidTraceState;

impl TraceState {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TraceState {
    type Err = InvalidTraceState;

    fn from_str(text: &str) -> Result<Self, InvalidTraceState> {
        if text.len() > MAX_BYTES {
            return Err(InvalidTraceState);
        }
        let blank = |byte| matches!(byte, ' ' | '\t');
        // Empty entries are allowed, and mean nothing.
        let entries: Vec<_> = text
            .split(',')
            .map(|entry| entry.trim_matches(blank))
            .filter(|entry| !entry.is_empty())
            .collect();
        let is_valid =
            (1..=MAX_ENTRIES).contains(&entries.len()) && entries.iter().all(|entry| is_entry(entry));
        if is_valid { Ok(Self(entries.join(",").into())) } else { Err(InvalidTraceState) }
    }
}

fn is_entry(entry: &str) -> bool {
    let Some((key, value)) = entry.split_once('=') else { return false };
    let is_key = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let starts_right = key.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    let is_value = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'=';
    starts_right && key.bytes().all(is_key) && !value.is_empty() && value.bytes().all(is_value)
}

impl fmt::Display for TraceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_kept_without_what_means_nothing() {
        let state: TraceState = "rojo=00f067aa0ba902b7 ,\t, fw529a3039@dt=FfAA bB".parse().unwrap();
        assert_eq!(state.as_str(), "rojo=00f067aa0ba902b7,fw529a3039@dt=FfAA bB");
    }

    #[test]
    fn what_is_invalid_or_long_is_refused() {
        let many = vec!["a=b"; 33].join(",");
        let long = format!("a={}", "b".repeat(511));
        for text in ["", " , ", "a", "=b", "a=", "A=b", "a=b=c", "a=é", "-a=b", "a=b\n", &many, &long] {
            assert_eq!(text.parse::<TraceState>(), Err(InvalidTraceState), "{text}");
        }
    }
}
