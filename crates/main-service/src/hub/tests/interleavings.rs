//! Every subscriber receives the same sequence of events, in whatever order entries and records arrive.
//!
//! A model of one search, its record, its log entries, and two gateways whose hubs receive them as those of the service
//! do: a tail that lags, stutters, is cut off; loads whose record was read long before they are merged, or that
//! fail; clients that come, resume here or there, take their time, and go.

mod world;

use proptest::{prelude::*, sample::Index};

use super::*;
use world::World;

/// One thing that happens. Where it names something that is not there, nothing does.
#[derive(Clone, Debug)]
enum Step {
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
struct Wish {
    partials: bool,
    /// Takes what there is for it at once, and not when it comes to it.
    quick: bool,
}

/// What a new client says it has had.
#[derive(Clone, Debug)]
enum Cursor {
    Nothing,
    /// One of the events written so far: the client received it elsewhere.
    Exact(Index),
    /// An event that this search will never have.
    Foreign(u64),
}

fn step() -> impl Strategy<Value = Step> {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_subscriber_is_told_the_same_story(
        suppliers in 0..5_u64,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut world = World::new(suppliers);
        for step in steps {
            world.happens(step);
        }
        world.ends();
        world.judge()?;
    }
}
