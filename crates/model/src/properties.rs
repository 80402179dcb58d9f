//! Safety and liveness properties, checked in every state.

use stateright::Property;

use crate::{
    State, World,
    redis::{Answers, Event, EventKind, Job, SUPPLIERS},
};

/// Safety: at most one terminal event.
pub const AT_MOST_ONE_END: &str = "a search has at most one end";
/// Safety: the terminal event is the last one.
pub const NO_ANSWER_AFTER_END: &str = "no answer comes after the end";
/// Safety: at most one answer of each supplier.
pub const ONE_ANSWER_PER_SUPPLIER: &str = "no supplier answers twice";
/// Safety: sequence numbers increase by one, or by more after Redis has lost writes.
pub const CONTIGUOUS_SEQ: &str = "sequence numbers have no gaps";
/// Safety: a worker that is not the owner stores nothing.
pub const ONLY_OWNERS_WRITE: &str = "only the owner of a job stores answers and ends";
/// Safety: the terminal event has every answer in the result log.
pub const END_HAS_ALL_ANSWERS: &str = "the end has every answer that was announced";
/// Liveness: every submitted search has a terminal event.
pub const TERMINATES: &str = "every search that was submitted ends";
/// Liveness: Redis is left empty.
pub const NO_RESIDUE: &str = "nothing is left in Redis";
/// Reachability: some search ends with all answers.
pub const COMPLETES: &str = "a search ends with an answer of each supplier";

pub(crate) fn all() -> Vec<Property<World>> {
    vec![
        Property::<World>::always(AT_MOST_ONE_END, |_, state| ends(state).count() <= 1),
        Property::<World>::always(NO_ANSWER_AFTER_END, |_, state| {
            let events = state.redis.log.iter().skip_while(|event| !is_end(event));
            events.skip(1).all(is_end)
        }),
        Property::<World>::always(ONE_ANSWER_PER_SUPPLIER, |_, state| one_answer_per_supplier(state)),
        Property::<World>::always(CONTIGUOUS_SEQ, |world, state| {
            let has_lost = state.left.losses < world.faults.losses;
            let mut before = 0;
            state.redis.log.iter().all(|event| {
                let follows = event.seq == before + 1 || has_lost && event.seq > before;
                before = event.seq;
                follows
            })
        }),
        Property::<World>::always(ONLY_OWNERS_WRITE, |_, state| {
            state.redis.log.iter().all(|event| !event.by_non_owner)
        }),
        Property::<World>::always(END_HAS_ALL_ANSWERS, |_, state| end_has_all_answers(state)),
        Property::<World>::always(TERMINATES, |world, state| {
            !state.redis.submitted || ends(state).count() > 0 || !world.is_quiescent(state)
        }),
        Property::<World>::always(NO_RESIDUE, |world, state| {
            is_clean(state) || !world.has_deadline || !world.is_quiescent(state)
        }),
        Property::<World>::sometimes(COMPLETES, |_, state| {
            ends(state).any(|answers| !answers.contains(&None))
        }),
    ]
}

fn is_end(event: &Event) -> bool {
    matches!(event.kind, EventKind::End(_))
}

/// The answers of each terminal event.
fn ends(state: &State) -> impl Iterator<Item = Answers> {
    state.redis.log.iter().filter_map(|event| match event.kind {
        EventKind::End(answers) => Some(answers),
        EventKind::Answer(..) => None,
    })
}

fn one_answer_per_supplier(state: &State) -> bool {
    let mut has_answered = [false; SUPPLIERS];
    state.redis.log.iter().all(|event| match event.kind {
        EventKind::Answer(supplier, _) => !std::mem::replace(&mut has_answered[supplier], true),
        EventKind::End(_) => true,
    })
}

fn end_has_all_answers(state: &State) -> bool {
    ends(state).all(|end| {
        state.redis.log.iter().all(|event| match event.kind {
            EventKind::Answer(supplier, answer) => end[supplier] == Some(answer),
            EventKind::End(_) => true,
        })
    })
}

/// Without a living worker, jobs stay in the queue.
fn is_clean(state: &State) -> bool {
    let no_job = state.redis.jobs.iter().all(|job| matches!(job, Job::Absent | Job::Done));
    state.redis.record.is_none() && !state.redis.open && (no_job || state.living_workers() == 0)
}
