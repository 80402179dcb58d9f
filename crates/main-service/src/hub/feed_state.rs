use std::sync::Arc;

use contracts::{
    EpochMillis, SearchId,
    entry::{StoredAnswer, StoredEnd},
    event,
};
use traces::Span;

use super::{frame::Frame, next::Next};

/// The events of one search that a gateway has. Sequence numbers count from 1: event `n` is `events[n - 1]`.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The frames by sequence number. A partial that no subscriber wants has no frame.
    pub(super) events: Vec<Option<Frame>>,
    pub(super) status: Status,
    /// Incremented whenever the record must be reloaded.
    pub(super) needed: u64,
    /// The value of `needed` that the last load satisfied.
    pub(super) loaded: u64,
    /// Whether any subscriber wants partials, or wanted them.
    pub(super) partials: bool,
    /// The highest sequence number of a record that was loaded. There may be fewer events here: unwanted ones are not loaded.
    pub(super) last_seq: u64,
    pub(super) deadline: Option<EpochMillis>,
    pub(super) subscribers: usize,
}

/// Whether more events may follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Status {
    /// They may.
    #[default]
    Open,
    /// Not at this gateway: the search is unknown, or the gateway stops.
    Closed,
    /// No: the last one is the terminal event.
    Ended,
}

impl State {
    /// Adds a supplier's answer, unless it is there already.
    pub(super) fn answer(&mut self, id: SearchId, answer: &StoredAnswer, trace: Option<&Arc<Span>>) {
        // Sequence numbers have no gaps, so one that is far ahead is malformed, and must not make this grow.
        let Some(at) = answer.seq.checked_sub(1).and_then(|at| usize::try_from(at).ok()) else { return };
        let len = self.events.len();
        if at > len || (at == len && self.has_ended()) {
            return;
        }
        if at == len {
            self.events.push(None);
        }
        let is_end = self.has_ended() && at + 1 == self.events.len();
        if self.partials && !is_end && self.events[at].is_none() {
            self.events[at] = Some(Frame::new(event::partial_frame(id, answer), trace.cloned()));
        }
    }

    /// Adds the terminal event, once. Unknown events before it stay empty. If Redis lost the search's events and counts
    /// again from 1, the end still comes after all events that were sent here.
    pub(super) fn end(&mut self, id: SearchId, seq: u64, end: &StoredEnd, trace: Option<Arc<Span>>) {
        if self.has_ended() {
            return;
        }
        let seq = self.seq_of_end(seq);
        self.events.resize(seq - 1, None);
        self.events.push(Some(Frame::new(event::end_frame(id, seq as u64, end), trace)));
        self.status = Status::Ended;
    }

    fn seq_of_end(&self, seq: u64) -> usize {
        // A search has a few suppliers. A very high number comes from a malformed entry.
        const MAX: usize = 10_000;
        usize::try_from(seq).unwrap_or(MAX).clamp(self.events.len() + 1, MAX.max(self.events.len() + 1))
    }

    pub(super) fn close(&mut self) {
        if self.status == Status::Open {
            self.status = Status::Closed;
        }
    }

    pub(super) fn known(&self) -> u64 {
        self.events.len() as u64
    }

    pub(super) fn wants(&self, seq: u64, is_end: bool) -> bool {
        !self.has_ended() && (is_end || self.partials && seq > self.known())
    }

    /// The sequence number up to which no answer is missing that a subscriber wants.
    pub(super) fn answered(&self) -> u64 {
        if !self.partials {
            return u64::MAX;
        }
        self.events.iter().take_while(|event| event.is_some()).count() as u64
    }

    /// Whether the record has no more events than this, apart from unwanted ones.
    pub(super) fn is_complete(&self) -> bool {
        self.loaded == self.needed
    }

    pub(super) fn has_ended(&self) -> bool {
        self.status == Status::Ended
    }

    pub(super) fn next_after(&self, cursor: &mut u64, partials: bool) -> Option<Next<Frame>> {
        let known = self.known();
        if *cursor > known && (self.is_complete() || self.has_ended()) {
            // This cursor is of events that Redis has lost: send all events.
            *cursor = 0;
        }
        if !partials {
            // Skip to the end, or wait for it.
            *cursor = (*cursor).max(if self.has_ended() { known - 1 } else { known });
        }
        if let Some(frame) = self.next_frame(cursor) {
            return Some(Next::Event(frame));
        }
        match self.status {
            Status::Ended if *cursor == known => Some(Next::End),
            Status::Closed => Some(Next::Closed),
            Status::Open | Status::Ended => None,
        }
    }

    /// The frame after the cursor, and advances it. Skips events that will never come.
    fn next_frame(&self, cursor: &mut u64) -> Option<Frame> {
        loop {
            let slot = self.events.get(usize::try_from(*cursor).ok()?)?;
            if slot.is_some() || self.is_complete() {
                *cursor += 1;
            }
            match slot {
                Some(frame) => return Some(frame.clone()),
                None if self.is_complete() => {}
                None => return None,
            }
        }
    }
}
