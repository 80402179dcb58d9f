//! The trace that a search belongs to, as W3C Trace Context has it: <https://www.w3.org/TR/trace-context/>.

mod state;

use std::{fmt, str::FromStr};

pub use state::{InvalidTraceState, TraceState};

use crate::names::field;

/// The length of a `traceparent` of version 00, the only one that is written.
const LENGTH: usize = 55;
/// The flag `sampled`.
const SAMPLED: u8 = 1;
/// The flags that are passed on: `sampled` and `random`.
const KNOWN_FLAGS: u8 = 3;

/// A position in a trace: the trace's id, the id of the span that comes next above, and whether the trace is recorded.
///
/// Its text is a `traceparent`, such as `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: [u8; 16],
    span_id: [u8; 8],
    flags: u8,
    state: Option<TraceState>,
}

/// Not a valid `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a traceparent like 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
pub struct InvalidTraceParent;

impl TraceContext {
    /// A position in a trace. `None` if an id is zero, which is invalid.
    #[must_use]
    pub fn new(
        trace_id: [u8; 16],
        span_id: [u8; 8],
        sampled: bool,
        state: Option<TraceState>,
    ) -> Option<Self> {
        let is_valid = trace_id != [0; 16] && span_id != [0; 8];
        is_valid.then_some(Self { trace_id, span_id, flags: u8::from(sampled), state })
    }

    /// Reads the headers of a request, or fields with the same names. As W3C says, an invalid `traceparent` counts as
    /// none, and an invalid `tracestate` is left out.
    #[must_use]
    pub fn parse(parent: Option<&[u8]>, state: Option<&[u8]>) -> Option<Self> {
        let mut context: Self = str::from_utf8(parent?).ok()?.parse().ok()?;
        context.state = state.and_then(|state| str::from_utf8(state).ok()?.parse().ok());
        Some(context)
    }

    /// The fields of an entry or a record.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        let state = self.state.as_ref().map(|state| (field::TRACESTATE, state.to_string()));
        [(field::TRACEPARENT, self.to_string())].into_iter().chain(state)
    }

    /// The trace's id.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        TraceId(self.trace_id)
    }

    /// The id of the span above.
    #[must_use]
    pub fn span_id(&self) -> [u8; 8] {
        self.span_id
    }

    /// Whether the trace is recorded.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// What tracing systems pass along, for each other.
    #[must_use]
    pub fn state(&self) -> Option<&TraceState> {
        self.state.as_ref()
    }
}

impl FromStr for TraceContext {
    type Err = InvalidTraceParent;

    fn from_str(text: &str) -> Result<Self, InvalidTraceParent> {
        let bytes = text.as_bytes();
        let (known, rest) = bytes.split_at_checked(LENGTH).ok_or(InvalidTraceParent)?;
        if [known[2], known[35], known[52]] != *b"---" {
            return Err(InvalidTraceParent);
        }
        // Later versions may have more fields behind these.
        let is_valid = match &known[..2] {
            b"00" => rest.is_empty(),
            b"ff" => false,
            version => hex::<1>(version).is_some() && rest.first().is_none_or(|byte| *byte == b'-'),
        };
        let (trace_id, span_id) = (hex(&known[3..35]), hex(&known[36..52]));
        match (trace_id, span_id, hex(&known[53..])) {
            (Some(trace_id), Some(span_id), Some([flags]))
                if is_valid && trace_id != [0; 16] && span_id != [0; 8] =>
            {
                Ok(Self { trace_id, span_id, flags: flags & KNOWN_FLAGS, state: None })
            }
            _ => Err(InvalidTraceParent),
        }
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace_id, span_id, flags, state: _ } = self;
        let span_id = u64::from_be_bytes(*span_id);
        write!(f, "00-{}-{span_id:016x}-{flags:02x}", TraceId(*trace_id))
    }
}

/// The id of a trace. Shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// The id's bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Lower-case hexadecimal digits, as W3C wants them.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn parse(parent: &str, state: &str) -> Option<TraceContext> {
        TraceContext::parse(Some(parent.as_bytes()), Some(state.as_bytes()))
    }

    #[test]
    fn a_valid_one_is_written_as_it_was_read() {
        let context = parse(PARENT, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE").unwrap();
        assert_eq!(context.to_string(), PARENT);
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(context.is_sampled());
        let fields: crate::entry::Fields = context.fields().collect();
        assert_eq!(fields.trace(), Some(context));
    }

    #[test]
    fn an_invalid_traceparent_counts_as_none() {
        for parent in [
            "",
            "00",
            // Upper case, a zero id, an invalid version, an unknown field of version 00.
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "zz-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(parse(parent, "a=b"), None, "{parent}");
        }
        assert_eq!(TraceContext::parse(None, Some(b"a=b")), None);
        assert_eq!(TraceContext::parse(Some(&[0xff; LENGTH]), None), None);
    }

    #[test]
    fn later_versions_are_read_as_far_as_they_are_known() {
        let later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-09-what-the-future";
        let context = parse(later, "").unwrap();
        assert_eq!(context.to_string(), PARENT, "unknown flags are left out");
        assert_eq!(parse(&later.replace("-what", ".what"), ""), None);
        assert!(parse(&PARENT.replace("00-", "01-"), "").is_some());
    }

    #[test]
    fn an_invalid_tracestate_is_left_out_alone() {
        let context = parse(PARENT, "no equals sign").unwrap();
        assert_eq!(context.state(), None);
        assert_eq!(context.fields().count(), 1);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(parent in any::<Vec<u8>>(), text in "\\PC{0,60}", state in any::<Vec<u8>>()) {
            let _ = TraceContext::parse(Some(&parent), Some(&state));
            let _ = text.parse::<TraceContext>();
        }

        #[test]
        fn what_is_written_can_be_read(trace in any::<u128>(), span in any::<u64>(), sampled: bool) {
            if let Some(context) = TraceContext::new(trace.to_be_bytes(), span.to_be_bytes(), sampled, None) {
                prop_assert_eq!(context.to_string().parse(), Ok(context));
            }
        }
    }
}
