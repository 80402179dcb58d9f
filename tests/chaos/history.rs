use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use reqwest::StatusCode;
use serde_json::Value;
use test_kit::Event;
use tokio::time::Instant;

/// What one client received of its search.
#[derive(Debug)]
pub(crate) struct History {
    partials: bool,
    /// How many streams it has opened.
    pub(crate) visits: usize,
    /// The events in the order of their arrival.
    pub(crate) received: Vec<Received>,
    pub(crate) state: ClientState,
}

/// An event, reduced to what is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Its sequence number.
    pub(crate) seq: u64,
    pub(crate) content: Content,
    /// The number of the client's stream that it arrived on.
    pub(crate) visit: usize,
    /// A hash of its bytes.
    pub(crate) bytes: u64,
}

/// What an event contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A partial: this supplier has answered.
    Answer(String),
    /// The terminal event.
    End(End),
}

/// How a search ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) status: String,
    /// Status and number of offers of each supplier in the end.
    pub(crate) suppliers: BTreeMap<String, (String, u64)>,
}

impl End {
    /// Made from the status and the list of the suppliers' reports.
    pub(crate) fn new(status: &str, reports: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let report = |report: &Value| {
            (text(&report["code"]), (text(&report["status"]), report["offers"].as_u64().unwrap_or_default()))
        };
        let suppliers = reports.as_array().into_iter().flatten().map(report).collect();
        Self { status: status.to_owned(), suppliers }
    }

    /// Whether a supplier timed out.
    pub(crate) fn has_timeout(&self) -> bool {
        self.suppliers.values().any(|(status, _)| status == "timeout")
    }
}

/// The state of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientState {
    /// It has received the end, or still follows.
    Following,
    /// A gateway responded with this status at this time, and the client gave up.
    Refused(StatusCode, Instant),
}

impl History {
    /// The history of a client that has received nothing yet.
    pub(crate) fn new(partials: bool) -> Self {
        Self { partials, visits: 0, received: Vec::new(), state: ClientState::Following }
    }

    /// Adds an event.
    pub(crate) fn record(&mut self, event: &Event) {
        let data = event.json();
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let content = if event.is_terminal() {
            Content::End(End::new(&text(&data["status"]), &data["suppliers"]))
        } else {
            Content::Answer(text(&data["supplier"]["code"]))
        };
        let mut hasher = DefaultHasher::new();
        event.raw.hash(&mut hasher);
        self.received.push(Received {
            seq: event.seq(),
            content,
            visit: self.visits,
            bytes: hasher.finish(),
        });
    }

    /// What it sends as `Last-Event-ID`.
    pub(crate) fn last_event_id(&self) -> Option<String> {
        self.received.last().map(|event| event.seq.to_string())
    }

    /// Whether it has received the terminal event.
    pub(crate) fn has_ended(&self) -> bool {
        self.ends().next().is_some()
    }

    /// The ends it has received; there should be one.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &End> {
        self.received.iter().filter_map(|event| match &event.content {
            Content::End(end) => Some(end),
            Content::Answer(_) => None,
        })
    }

    /// Whether sequence numbers rise by one from 1, nothing follows the end, and partials come only on request.
    pub(crate) fn is_in_order(&self) -> bool {
        let ends_last =
            self.received.iter().rev().skip(1).all(|event| matches!(event.content, Content::Answer(_)));
        let seqs = self.received.iter().zip(1..).all(|(event, seq)| event.seq == seq);
        ends_last && if self.partials { seqs } else { self.received.len() <= 1 }
    }

    /// The same for each stream alone: if Redis lost writes, a client that reconnects may receive other events.
    pub(crate) fn is_in_order_by_stream(&self) -> bool {
        self.received.windows(2).all(|two| {
            let goes_on = matches!(two[0].content, Content::Answer(_)) && two[0].seq < two[1].seq;
            two[0].visit != two[1].visit || goes_on
        })
    }

    /// Whether a supplier's answer arrived more than once.
    pub(crate) fn has_answer_twice(&self) -> bool {
        let mut suppliers = HashSet::new();
        self.received
            .iter()
            .any(|event| matches!(&event.content, Content::Answer(code) if !suppliers.insert(code)))
    }

    /// Whether the end lacks an answer that the client received.
    pub(crate) fn has_answer_missing_from_end(&self) -> bool {
        let is_missing = |end: &End, event: &Received| matches!(&event.content, Content::Answer(code) if !end.suppliers.contains_key(code));
        self.ends().next().is_some_and(|end| self.received.iter().any(|event| is_missing(end, event)))
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "partials: {}, {:?}:", self.partials, self.state)?;
        for Received { seq, content, bytes, .. } in &self.received {
            write!(f, " {seq} {content:?} ({bytes:04x})", bytes = bytes & 0xffff)?;
        }
        Ok(())
    }
}
