use std::sync::Mutex;

use bytes::Bytes;
use contracts::{
    EpochMillis, SearchId,
    entry::{StoredAnswer, StoredEnd},
    event,
};
use tokio::sync::{Notify, futures::Notified};

use super::{lock::lock, next::Next};

/// The events of one search that this gateway has.
#[derive(Debug, Default)]
pub struct Feed {
    state: Mutex<State>,
    changed: Notify,
}

/// Sequence numbers count from 1: event `n` is `events[n - 1]`.
#[derive(Debug, Default)]
struct State {
    /// The frames by sequence number. A partial that no subscriber wants has no frame.
    events: Vec<Option<Bytes>>,
    status: Status,
    /// How often the record was needed: at first, and whenever it may have more events.
    needed: u64,
    /// The value of `needed` when the last load began.
    loaded: u64,
    /// Whether any subscriber wants partials, or wanted them.
    partials: bool,
    deadline: Option<EpochMillis>,
    subscribers: usize,
}

/// Whether more events may follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Status {
    /// They may.
    #[default]
    Open,
    /// Not at this gateway: the search is unknown, or the gateway stops.
    Closed,
    /// No: the last one is the terminal event.
    Ended,
}

/// A search's record as a feed needs it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The suppliers' answers, by sequence number.
    pub answers: Vec<StoredAnswer>,
    /// The end and its sequence number, if the search has ended.
    pub end: Option<(u64, StoredEnd)>,
    /// The search's deadline.
    pub deadline: Option<EpochMillis>,
}

/// The value of [`Feed::need`] when a load began. A record that was read before a later need does not satisfy it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need(u64);

/// The result of applying an event to a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The event was applied, or is a duplicate.
    Yes,
    /// An earlier event is missing: load the search's record.
    Gap,
}

impl Feed {
    /// Applies a supplier's answer from the result log. Encodes it only if a subscriber wants it.
    pub fn apply_answer(&self, id: SearchId, answer: &StoredAnswer) -> Applied {
        let mut state = lock(&self.state);
        let known = state.known();
        if state.has_ended() || !state.partials || answer.seq <= known {
            return Applied::Yes;
        }
        if answer.seq > known + 1 {
            state.needed += 1;
            return Applied::Gap;
        }
        state.events.push(Some(event::partial_frame(id, answer).into()));
        drop(state);
        self.changed.notify_waiters();
        Applied::Yes
    }

    /// Applies the end from the result log.
    pub fn apply_end(&self, id: SearchId, seq: u64, end: &StoredEnd) -> Applied {
        let mut state = lock(&self.state);
        if state.partials && !state.has_ended() && seq > state.known() + 1 {
            state.needed += 1;
            return Applied::Gap;
        }
        state.end(id, seq, end);
        drop(state);
        self.changed.notify_waiters();
        Applied::Yes
    }

    /// The need that a load which begins now satisfies.
    #[must_use]
    pub fn need(&self) -> Need {
        Need(lock(&self.state).needed)
    }

    /// Applies a record that was read after [`need`](Self::need) returned `need`.
    pub fn load(&self, id: SearchId, need: Need, snapshot: &Snapshot) {
        let mut state = lock(&self.state);
        for answer in &snapshot.answers {
            state.answer(id, answer);
        }
        if let Some((seq, end)) = &snapshot.end {
            state.end(id, *seq, end);
        }
        state.deadline = snapshot.deadline.or(state.deadline);
        state.loaded = state.loaded.max(need.0);
        drop(state);
        self.changed.notify_waiters();
    }

    /// There is no record. That closes a feed that was never loaded. A feed that was loaded keeps waiting for the worker
    /// that has the search in progress, or for the deadline.
    pub fn lost(&self) {
        let mut state = lock(&self.state);
        if state.deadline.is_none() {
            state.close();
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// The highest sequence number that this feed has.
    #[must_use]
    pub fn known(&self) -> u64 {
        lock(&self.state).known()
    }

    /// Closes the feed: no more events will follow here.
    pub fn close(&self) {
        lock(&self.state).close();
        self.changed.notify_waiters();
    }

    /// Whether a subscriber has to load the record before it can follow.
    #[must_use]
    pub fn needs_loading(&self) -> bool {
        !lock(&self.state).is_complete()
    }

    /// The deadline and the highest sequence number, if the deadline was before `now` and the search has not ended.
    pub(super) fn overdue(&self, now: EpochMillis) -> Option<(EpochMillis, u64)> {
        let state = lock(&self.state);
        let deadline = state.deadline.filter(|deadline| *deadline < now)?;
        (state.status == Status::Open).then(|| (deadline, state.known()))
    }

    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Adds a subscriber that has the events up to `after`.
    pub(super) fn add_subscriber(&self, partials: bool, after: u64) {
        let mut state = lock(&self.state);
        state.subscribers += 1;
        let is_first = state.subscribers == 1;
        let wants_more = partials && !state.partials;
        // Another gateway may have sent it events that have not reached this one yet.
        let is_ahead = after > state.known() && !state.has_ended();
        if is_first || wants_more || is_ahead {
            state.needed += 1;
        }
        state.partials |= partials;
    }

    pub(super) fn subscribers(&self) -> usize {
        lock(&self.state).subscribers
    }

    /// Removes a subscriber. Returns whether it was the last.
    pub(super) fn remove_subscriber(&self) -> bool {
        let mut state = lock(&self.state);
        state.subscribers -= 1;
        state.subscribers == 0
    }

    /// What comes after `cursor`, and advances it; `None` if nothing has come yet.
    pub(super) fn next_after(&self, cursor: &mut u64, partials: bool) -> Option<Next> {
        lock(&self.state).next_after(cursor, partials)
    }
}

impl State {
    /// Adds a supplier's answer, unless it is there already.
    fn answer(&mut self, id: SearchId, answer: &StoredAnswer) {
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
            self.events[at] = Some(event::partial_frame(id, answer).into());
        }
    }

    /// Adds the terminal event, once. Unknown events before it stay empty. If Redis lost the search's events and counts
    /// again from 1, the end still comes after all events that were sent here.
    fn end(&mut self, id: SearchId, seq: u64, end: &StoredEnd) {
        if self.has_ended() {
            return;
        }
        let seq = self.seq_of_end(seq);
        self.events.resize(seq - 1, None);
        self.events.push(Some(event::end_frame(id, seq as u64, end).into()));
        self.status = Status::Ended;
    }

    fn seq_of_end(&self, seq: u64) -> usize {
        // A search has a few suppliers. A very high number comes from a malformed entry.
        const MAX: usize = 10_000;
        usize::try_from(seq).unwrap_or(MAX).clamp(self.events.len() + 1, MAX.max(self.events.len() + 1))
    }

    fn close(&mut self) {
        if self.status == Status::Open {
            self.status = Status::Closed;
        }
    }

    fn known(&self) -> u64 {
        self.events.len() as u64
    }

    /// Whether the record has no more events than this, apart from unwanted ones.
    fn is_complete(&self) -> bool {
        self.loaded == self.needed
    }

    fn has_ended(&self) -> bool {
        self.status == Status::Ended
    }

    fn next_after(&self, cursor: &mut u64, partials: bool) -> Option<Next> {
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
    fn next_frame(&self, cursor: &mut u64) -> Option<Bytes> {
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
