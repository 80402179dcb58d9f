use std::sync::Mutex;

use bytes::Bytes;
use contracts::{
    EpochMillis, SearchId,
    entry::{StoredAnswer, StoredEnd},
    event,
};
use tokio::sync::{Notify, futures::Notified};

use super::lock;

/// The story of one search, as far as it is known here.
#[derive(Debug, Default)]
pub struct Feed {
    story: Mutex<Story>,
    changed: Notify,
}

/// Places count from 1: the event at place `n` is `events[n - 1]`.
#[derive(Debug, Default)]
struct Story {
    /// The frames by place. A partial that nobody here wants has no frame.
    events: Vec<Option<Bytes>>,
    fate: Fate,
    /// How often the record was needed: at first, and whenever it may tell more than is here.
    needed: u64,
    /// Up to which of these times it was loaded.
    loaded: u64,
    /// Somebody wants, or wanted, the partials.
    partials: bool,
    deadline: Option<EpochMillis>,
    subscribers: usize,
}

/// Whether a story goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fate {
    /// It does.
    #[default]
    Open,
    /// It may, but not here: the search is unknown, or the gateway stops.
    Closed,
    /// Its last event is the terminal one.
    Ended,
}

/// What a search's record tells: its story so far, and when it ends at the latest.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The suppliers' answers, by place.
    pub answers: Vec<StoredAnswer>,
    /// The end and its place, if the search has ended.
    pub end: Option<(u64, StoredEnd)>,
    /// When the search ends at the latest.
    pub deadline: Option<EpochMillis>,
}

/// What a load is for: the last time that the record was needed when the load began. A record that was read before
/// that does not count as all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need(u64);

/// What a feed says to news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Understood, or nothing new.
    Yes,
    /// Something before this is missing: load the search's record.
    Gap,
}

/// What there is for a subscriber behind its cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    Event(Bytes),
    Nothing,
    End,
    Closed,
}

impl Feed {
    /// News of a supplier's answer. Encoded only where somebody wants it.
    pub fn hear_answer(&self, id: SearchId, answer: &StoredAnswer) -> Heard {
        let mut story = lock(&self.story);
        let known = story.known();
        if story.has_ended() || !story.partials || answer.seq <= known {
            return Heard::Yes;
        }
        if answer.seq > known + 1 {
            story.needed += 1;
            return Heard::Gap;
        }
        story.events.push(Some(event::partial_frame(id, answer).into()));
        drop(story);
        self.changed.notify_waiters();
        Heard::Yes
    }

    /// News of the end, at its place.
    pub fn hear_end(&self, id: SearchId, seq: u64, end: &StoredEnd) -> Heard {
        let mut story = lock(&self.story);
        if story.partials && !story.has_ended() && seq > story.known() + 1 {
            story.needed += 1;
            return Heard::Gap;
        }
        story.end(id, seq, end);
        drop(story);
        self.changed.notify_waiters();
        Heard::Yes
    }

    /// What a load that begins now is for.
    #[must_use]
    pub fn need(&self) -> Need {
        Need(lock(&self.story).needed)
    }

    /// Takes over what the record tells, which was read after `need` was taken.
    pub fn load(&self, id: SearchId, need: Need, snapshot: &Snapshot) {
        let mut story = lock(&self.story);
        for answer in &snapshot.answers {
            story.answer(id, answer);
        }
        if let Some((seq, end)) = &snapshot.end {
            story.end(id, *seq, end);
        }
        story.deadline = snapshot.deadline.or(story.deadline);
        story.loaded = story.loaded.max(need.0);
        drop(story);
        self.changed.notify_waiters();
    }

    /// The record could not be found. That ends a feed that never knew its search; one that did waits on, for the
    /// worker that has the search in hand, or for its deadline.
    pub fn lost(&self) {
        let mut story = lock(&self.story);
        if story.deadline.is_none() {
            story.close();
        }
        drop(story);
        self.changed.notify_waiters();
    }

    /// How many places of the story are known.
    #[must_use]
    pub fn known(&self) -> u64 {
        lock(&self.story).known()
    }

    /// There is nothing more to come.
    pub fn close(&self) {
        lock(&self.story).close();
        self.changed.notify_waiters();
    }

    /// Whether a subscriber has to load the record before it can follow.
    #[must_use]
    pub fn needs_loading(&self) -> bool {
        !lock(&self.story).is_complete()
    }

    /// The deadline and how many places are known, if the deadline was before `now` and the search has not ended.
    pub(super) fn overdue(&self, now: EpochMillis) -> Option<(EpochMillis, u64)> {
        let story = lock(&self.story);
        let deadline = story.deadline.filter(|deadline| *deadline < now)?;
        (story.fate == Fate::Open).then(|| (deadline, story.known()))
    }

    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// A subscriber comes that has had the event at place `after`.
    pub(super) fn enter(&self, partials: bool, after: u64) {
        let mut story = lock(&self.story);
        story.subscribers += 1;
        let is_first = story.subscribers == 1;
        let wants_more = partials && !story.partials;
        // Perhaps it heard at another gateway what is still on its way to this one.
        let knows_more = after > story.known() && !story.has_ended();
        if is_first || wants_more || knows_more {
            story.needed += 1;
        }
        story.partials |= partials;
    }

    pub(super) fn subscribers(&self) -> usize {
        lock(&self.story).subscribers
    }

    /// Whether the one who leaves was the last.
    pub(super) fn exit(&self) -> bool {
        let mut story = lock(&self.story);
        story.subscribers -= 1;
        story.subscribers == 0
    }

    /// What comes behind the event at place `cursor`, which moves along.
    pub(super) fn behind(&self, cursor: &mut u64, partials: bool) -> Behind {
        lock(&self.story).behind(cursor, partials)
    }
}

impl Story {
    /// Puts a supplier's answer at its place, if it is missing there.
    fn answer(&mut self, id: SearchId, answer: &StoredAnswer) {
        // Places are given out one by one, so a place far off is no place: it must not make this grow.
        let Some(at) = answer.seq.checked_sub(1).and_then(|at| usize::try_from(at).ok()) else { return };
        let room = self.events.len() + 1;
        if at >= room || (at + 1 == room && self.has_ended()) {
            return;
        }
        if at + 1 == room {
            self.events.push(None);
        }
        let is_end = self.has_ended() && at + 1 == self.events.len();
        if self.partials && !is_end && self.events[at].is_none() {
            self.events[at] = Some(event::partial_frame(id, answer).into());
        }
    }

    /// Ends the story, once. If places before the end are unknown they stay empty; if Redis lost the story and
    /// began it anew, the end still comes behind all that was told here.
    fn end(&mut self, id: SearchId, seq: u64, end: &StoredEnd) {
        if self.has_ended() {
            return;
        }
        let place = self.place_of_end(seq);
        self.events.resize(place - 1, None);
        self.events.push(Some(event::end_frame(id, place as u64, end).into()));
        self.fate = Fate::Ended;
    }

    fn place_of_end(&self, seq: u64) -> usize {
        // A search has a few suppliers; a place beyond all reason comes from a malformed entry.
        const FURTHEST: usize = 10_000;
        usize::try_from(seq)
            .unwrap_or(FURTHEST)
            .clamp(self.events.len() + 1, FURTHEST.max(self.events.len() + 1))
    }

    fn close(&mut self) {
        if self.fate == Fate::Open {
            self.fate = Fate::Closed;
        }
    }

    fn known(&self) -> u64 {
        self.events.len() as u64
    }

    /// What is missing in `events` is not in the record either, or not wanted.
    fn is_complete(&self) -> bool {
        self.loaded == self.needed
    }

    fn has_ended(&self) -> bool {
        self.fate == Fate::Ended
    }

    fn behind(&self, cursor: &mut u64, partials: bool) -> Behind {
        let known = self.known();
        if *cursor > known && (self.is_complete() || self.has_ended()) {
            // A cursor from the future comes from another story: tell the whole one.
            *cursor = 0;
        }
        if !partials {
            // Only the end is told, and nothing before there is one.
            *cursor = (*cursor).max(if self.has_ended() { known - 1 } else { known });
        }
        if let Some(frame) = self.next_frame(cursor) {
            return Behind::Event(frame);
        }
        match self.fate {
            Fate::Ended if *cursor == known => Behind::End,
            Fate::Closed => Behind::Closed,
            Fate::Open | Fate::Ended => Behind::Nothing,
        }
    }

    /// The frame behind the cursor, which moves along. Passes by places that nobody will fill any more.
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
