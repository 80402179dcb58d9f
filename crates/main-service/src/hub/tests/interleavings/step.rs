//! What can happen to a search and to its clients.

use proptest::{prelude::*, sample::Index};

/// One thing that happens. Where it names something that is not there, nothing does.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The next events are written to the record and announced.
    Write(u64),
    /// A tail applies the next entries.
    Apply(usize, u64),
    /// A tail goes back by this many entries: after an error, a batch is read again.
    Repeat(usize, u64),
    /// A tail loses its connection and, when it has another, finds all entries trimmed.
    Cut(usize),
    /// The record is read for a load that has begun.
    Read(usize, Index),
    /// A load's record is merged into its feed.
    Merge(usize, Index),
    /// A load fails.
    Fail(usize, Index),
    /// A client comes.
    Join(usize, Wish, Cursor),
    /// A client drops its connection and comes back with the id of the last event it has had.
    Resume(Index, usize),
    /// A client takes what there is for it, up to so many events.
    Take(Index, usize),
    /// A client goes for good.
    Leave(Index),
}

/// What a client is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) partials: bool,
    /// Takes what there is for it at once, and not when it comes to it.
    pub(super) quick: bool,
}

/// What a new client says it has had.
#[derive(Clone, Debug)]
pub(super) enum Cursor {
    Nothing,
    /// One of the events written so far: the client received it elsewhere.
    Exact(Index),
    /// An event that this search will never have.
    Foreign(u64),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let cursor = prop_oneof![
        4 => Just(Cursor::Nothing),
        2 => any::<Index>().prop_map(Cursor::Exact),
        1 => (1..u64::MAX / 2).prop_map(Cursor::Foreign),
    ];
    let wish = any::<(bool, bool)>().prop_map(|(partials, quick)| Wish { partials, quick });
    let gateway = prop_oneof![3 => Just(0), 1 => Just(1_usize)];
    let index = any::<Index>;
    prop_oneof![
        4 => (1..6_u64).prop_map(Step::Write),
        4 => (gateway.clone(), 1..6_u64).prop_map(|(at, entries)| Step::Apply(at, entries)),
        1 => (gateway.clone(), 1..4_u64).prop_map(|(at, back)| Step::Repeat(at, back)),
        1 => gateway.clone().prop_map(Step::Cut),
        4 => (gateway.clone(), index()).prop_map(|(at, load)| Step::Read(at, load)),
        3 => (gateway.clone(), index()).prop_map(|(at, load)| Step::Merge(at, load)),
        1 => (gateway.clone(), index()).prop_map(|(at, load)| Step::Fail(at, load)),
        4 => (gateway.clone(), wish, cursor).prop_map(|(at, wish, from)| Step::Join(at, wish, from)),
        2 => (index(), gateway).prop_map(|(client, at)| Step::Resume(client, at)),
        3 => (index(), 1..4_usize).prop_map(|(client, most)| Step::Take(client, most)),
        1 => index().prop_map(Step::Leave),
    ]
}
