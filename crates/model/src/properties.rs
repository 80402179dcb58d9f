//! What holds in every state, and what can be reached.

use stateright::Property;

use crate::{
    State, World,
    redis::{Answers, Event, Job, News, SUPPLIERS},
};

/// There is at most one end.
pub const ONE_END: &str = "a search has at most one end";
/// No answer is told after the end.
pub const NOTHING_AFTER_THE_END: &str = "no answer comes after the end";
/// No supplier's answer is told twice.
pub const NONE_TWICE: &str = "no supplier answers twice";
/// Sequence numbers rise, by one unless Redis has lost writes.
pub const NO_HOLES: &str = "sequence numbers have no holes";
/// Nothing is stored by a worker whose job is another's.
pub const NO_OVERRULING: &str = "nobody stores anything for a job that is another's";
/// What was told is in the end.
pub const NOTHING_LEFT_OUT: &str = "the end has every answer that was told";
/// Sooner or later there is an end.
pub const ENDS: &str = "every search that was submitted ends";
/// Sooner or later nothing is left.
pub const NOTHING_LEFT: &str = "nothing is left behind in Redis";
/// The checker has seen such an end.
pub const ENDS_WITH_ALL: &str = "a search ends with an answer of each supplier";

pub(crate) fn all() -> Vec<Property<World>> {
    vec![
        Property::<World>::always(ONE_END, |_, state| ends(state).count() <= 1),
        Property::<World>::always(NOTHING_AFTER_THE_END, |_, state| {
            let told = state.redis.log.iter().skip_while(|event| !is_end(event));
            told.skip(1).all(is_end)
        }),
        Property::<World>::always(NONE_TWICE, |_, state| no_supplier_twice(state)),
        Property::<World>::always(NO_HOLES, |world, state| {
            let has_lost = state.left.losses < world.troubles.losses;
            let mut before = 0;
            state.redis.log.iter().all(|event| {
                let follows = event.seq == before + 1 || has_lost && event.seq > before;
                before = event.seq;
                follows
            })
        }),
        Property::<World>::always(NO_OVERRULING, |_, state| {
            state.redis.log.iter().all(|event| !event.overruled)
        }),
        Property::<World>::always(NOTHING_LEFT_OUT, |_, state| nothing_left_out(state)),
        Property::<World>::always(ENDS, |world, state| {
            !state.redis.submitted || ends(state).count() > 0 || !world.is_at_rest(state)
        }),
        Property::<World>::always(NOTHING_LEFT, |world, state| {
            is_clean(state) || !world.has_deadline || !world.is_at_rest(state)
        }),
        Property::<World>::sometimes(ENDS_WITH_ALL, |_, state| {
            ends(state).any(|answers| !answers.contains(&None))
        }),
    ]
}

fn is_end(event: &Event) -> bool {
    matches!(event.news, News::End(_))
}

/// What the ends that were told are made of.
fn ends(state: &State) -> impl Iterator<Item = Answers> {
    state.redis.log.iter().filter_map(|event| match event.news {
        News::End(answers) => Some(answers),
        News::Answer(..) => None,
    })
}

fn no_supplier_twice(state: &State) -> bool {
    let mut has_answered = [false; SUPPLIERS];
    state.redis.log.iter().all(|event| match event.news {
        News::Answer(supplier, _) => !std::mem::replace(&mut has_answered[supplier], true),
        News::End(_) => true,
    })
}

fn nothing_left_out(state: &State) -> bool {
    ends(state).all(|end| {
        state.redis.log.iter().all(|event| match event.news {
            News::Answer(supplier, answer) => end[supplier] == Some(answer),
            News::End(_) => true,
        })
    })
}

/// Jobs stay where no worker is left.
fn is_clean(state: &State) -> bool {
    let no_job = state.redis.jobs.iter().all(|job| matches!(job, Job::Absent | Job::Done));
    state.redis.record.is_none() && !state.redis.open && (no_job || state.living_workers() == 0)
}
