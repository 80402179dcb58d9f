use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use reqwest::StatusCode;
use serde_json::Value;
use test_kit::Event;
use tokio::time::Instant;

/// What one client has received of its search.
#[derive(Debug)]
pub(crate) struct History {
    partials: bool,
    /// How many streams it has opened.
    pub(crate) visits: usize,
    /// The events in the order in which they came.
    pub(crate) received: Vec<Received>,
    /// What became of the client.
    pub(crate) fate: Fate,
}

/// An event, so far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Its sequence number.
    pub(crate) seq: u64,
    /// What it tells.
    pub(crate) what: What,
    /// On which of the client's streams it came.
    pub(crate) visit: usize,
    /// Stands for its bytes.
    pub(crate) bytes: u64,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// That this supplier has answered.
    Answer(String),
    /// How the search has ended.
    End(End),
}

/// How a search has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) status: String,
    /// The suppliers it tells of, each with how it answered and how many offers it had.
    pub(crate) suppliers: BTreeMap<String, (String, u64)>,
}

impl End {
    /// From its status and the list of the suppliers' reports.
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

/// What became of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It followed for as long as it wanted, or still does.
    Free,
    /// It was sent away with this status then, and does not come back.
    Dismissed(StatusCode, Instant),
}

impl History {
    /// Of a client that has received nothing yet.
    pub(crate) fn new(partials: bool) -> Self {
        Self { partials, visits: 0, received: Vec::new(), fate: Fate::Free }
    }

    /// Adds an event.
    pub(crate) fn record(&mut self, event: &Event) {
        let data = event.json();
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let what = if event.is_terminal() {
            What::End(End::new(&text(&data["status"]), &data["suppliers"]))
        } else {
            What::Answer(text(&data["supplier"]["code"]))
        };
        let mut hasher = DefaultHasher::new();
        event.raw.hash(&mut hasher);
        self.received.push(Received { seq: event.seq(), what, visit: self.visits, bytes: hasher.finish() });
    }

    /// What it comes back with.
    pub(crate) fn last_event_id(&self) -> Option<String> {
        self.received.last().map(|event| event.seq.to_string())
    }

    /// Whether it has received the terminal event.
    pub(crate) fn has_ended(&self) -> bool {
        self.ends().next().is_some()
    }

    /// The ends it has received; there should be one.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &End> {
        self.received.iter().filter_map(|event| match &event.what {
            What::End(end) => Some(end),
            What::Answer(_) => None,
        })
    }

    /// Whether sequence numbers rise by one from 1, nothing follows the end, and partials come only on request.
    pub(crate) fn is_in_order(&self) -> bool {
        let ends_last = self.received.iter().rev().skip(1).all(|event| matches!(event.what, What::Answer(_)));
        let seqs = self.received.iter().zip(1..).all(|(event, seq)| event.seq == seq);
        ends_last && if self.partials { seqs } else { self.received.len() <= 1 }
    }

    /// The same where Redis may have lost something meanwhile. Then a client that comes back may find another history,
    /// but what one stream tells is in order, and ends once.
    pub(crate) fn is_in_order_by_stream(&self) -> bool {
        self.received.windows(2).all(|two| {
            let goes_on = matches!(two[0].what, What::Answer(_)) && two[0].seq < two[1].seq;
            two[0].visit != two[1].visit || goes_on
        })
    }

    /// Whether a supplier's answer came more than once.
    pub(crate) fn has_answer_twice(&self) -> bool {
        let mut suppliers = HashSet::new();
        self.received.iter().any(|event| matches!(&event.what, What::Answer(code) if !suppliers.insert(code)))
    }

    /// Whether a supplier's answer came of which the end does not tell.
    pub(crate) fn has_answer_without_end(&self) -> bool {
        let is_missing = |end: &End, event: &Received| matches!(&event.what, What::Answer(code) if !end.suppliers.contains_key(code));
        self.ends().next().is_some_and(|end| self.received.iter().any(|event| is_missing(end, event)))
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "partials: {}, {:?}:", self.partials, self.fate)?;
        for Received { seq, what, bytes, .. } in &self.received {
            write!(f, " {seq} {what:?} ({bytes:04x})", bytes = bytes & 0xffff)?;
        }
        Ok(())
    }
}
