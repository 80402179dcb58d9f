use std::sync::{Arc, Mutex};

use contracts::{
    EpochMillis, SearchId,
    entry::{StoredAnswer, StoredEnd},
    event,
};
use tokio::sync::{Notify, futures::Notified};
use traces::Span;

use super::{
    feed_state::{State, Status},
    frame::Frame,
    lock::lock,
    next::Next,
};

/// The events of one search that this gateway has.
#[derive(Debug, Default)]
pub struct Feed {
    state: Mutex<State>,
    changed: Notify,
}

/// A search's record as a feed needs it.
#[derive(Clone, Debug)]
pub struct LoadedRecord {
    /// The sequence number of the last event.
    pub seq: u64,
    /// The suppliers' answers, by sequence number, as far as they are needed.
    pub answers: Vec<StoredAnswer>,
    /// The end and its sequence number, if the search has ended.
    pub end: Option<(u64, StoredEnd)>,
    /// The search's deadline.
    pub deadline: Option<EpochMillis>,
    /// The span below which its events are written; `None` unless the search's trace is recorded.
    pub trace: Option<Arc<Span>>,
}

/// What a feed needed when a load began. A record that was read before a later need does not satisfy it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The feed's `needed` when the load began.
    number: u64,
    after: u64,
}

impl Need {
    /// The sequence number after which answers are needed.
    #[must_use]
    pub fn after(self) -> u64 {
        self.after
    }
}

/// The result of applying an event to a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The event was applied, or is a duplicate.
    Yes,
    /// This event or an earlier one is missing: load the search's record.
    Gap,
}

impl Feed {
    /// Applies a supplier's answer from the result log. Encodes it only if a subscriber wants it. `trace` is as in
    /// [`LoadedRecord::trace`].
    pub fn apply_answer(&self, id: SearchId, answer: &StoredAnswer, trace: Option<Arc<Span>>) -> Applied {
        let mut state = lock(&self.state);
        let known = state.known();
        if state.has_ended() || !state.partials || answer.seq <= known {
            return Applied::Yes;
        }
        if answer.seq > known + 1 {
            state.needed += 1;
            return Applied::Gap;
        }
        state.events.push(Some(Frame::new(event::partial_frame(id, answer), trace)));
        drop(state);
        self.changed.notify_waiters();
        Applied::Yes
    }

    /// Applies the end from the result log. `trace` is as in [`LoadedRecord::trace`].
    pub fn apply_end(&self, id: SearchId, seq: u64, end: &StoredEnd, trace: Option<Arc<Span>>) -> Applied {
        let mut state = lock(&self.state);
        if state.partials && !state.has_ended() && seq > state.known() + 1 {
            state.needed += 1;
            return Applied::Gap;
        }
        state.end(id, seq, end, trace);
        drop(state);
        self.changed.notify_waiters();
        Applied::Yes
    }

    /// Whether a subscriber wants the event with this sequence number, and it is not here yet.
    #[must_use]
    pub fn wants(&self, seq: u64, is_end: bool) -> bool {
        lock(&self.state).wants(seq, is_end)
    }

    /// Notes an event that only the record has. [`Applied::Gap`] if a subscriber wants it: the record must be loaded.
    pub fn announced(&self, seq: u64, is_end: bool) -> Applied {
        let mut state = lock(&self.state);
        if !state.wants(seq, is_end) {
            return Applied::Yes;
        }
        state.needed += 1;
        Applied::Gap
    }

    /// The need that a load which begins now satisfies.
    #[must_use]
    pub fn need(&self) -> Need {
        let state = lock(&self.state);
        Need { number: state.needed, after: state.answered() }
    }

    /// Applies a record that was read after [`need`](Self::need) returned `need`.
    pub fn load(&self, id: SearchId, need: Need, record: &LoadedRecord) {
        let mut state = lock(&self.state);
        for answer in &record.answers {
            state.answer(id, answer, record.trace.as_ref());
        }
        if let Some((seq, end)) = &record.end {
            state.end(id, *seq, end, record.trace.clone());
        }
        state.last_seq = state.last_seq.max(record.seq);
        state.deadline = record.deadline.or(state.deadline);
        state.loaded = state.loaded.max(need.number);
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

    /// The deadline and the highest known sequence number, if the deadline was before `now` and the search has not ended.
    pub(super) fn overdue(&self, now: EpochMillis) -> Option<(EpochMillis, u64)> {
        let state = lock(&self.state);
        let deadline = state.deadline.filter(|deadline| *deadline < now)?;
        (state.status == Status::Open).then(|| (deadline, state.known().max(state.last_seq)))
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
    pub(super) fn next_after(&self, cursor: &mut u64, partials: bool) -> Option<Next<Frame>> {
        lock(&self.state).next_after(cursor, partials)
    }
}
