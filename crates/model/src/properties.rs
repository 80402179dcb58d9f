//! What holds in every state, and what can be reached.

use stateright::Property;

use crate::{
    redis::{Event, Job, News},
    worker::Now,
    world::{State, World},
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

pub(crate) fn all() -> Vec<Property<World>> {
    vec![
        Property::<World>::always(ONE_END, |_, state: &State| state.ends() <= 1),
        Property::<World>::always(NOTHING_AFTER_THE_END, |_, state| {
            let told = state.redis.log.iter().skip_while(|event| !is_end(event));
            told.skip(1).all(is_end)
        }),
        Property::<World>::always(NONE_TWICE, |_, state| {
            let suppliers: Vec<_> = state.redis.log.iter().filter_map(supplier).collect();
            suppliers.iter().enumerate().all(|(at, supplier)| !suppliers[..at].contains(supplier))
        }),
        Property::<World>::always(NO_HOLES, |world, state| {
            let has_lost = state.left.losses < world.troubles.losses;
            let mut before = 0;
            state.redis.log.iter().all(|event| {
                let follows = event.seq == before + 1 || has_lost && event.seq > before;
                before = event.seq;
                follows
            })
        }),
        Property::<World>::always(NO_OVERRULING, |_, state| state.redis.log.iter().all(|event| !event.overruled)),
        Property::<World>::always(NOTHING_LEFT_OUT, |_, state| nothing_left_out(state)),
        Property::<World>::always(ENDS, |world, state| {
            !state.redis.submitted || state.ends() > 0 || !world.is_at_rest(state)
        }),
        Property::<World>::always(NOTHING_LEFT, |world, state| {
            is_clean(state) || !world.has_deadline || !world.is_at_rest(state)
        }),
        Property::<World>::sometimes("a search ends with answers of two workers", |_, state| {
            state.redis.log.iter().any(|event| match event.news {
                News::End([Some(first), Some(second)]) => first.worker != second.worker,
                News::End(_) | News::Answer(..) => false,
            })
        }),
    ]
}

fn is_end(event: &Event) -> bool {
    matches!(event.news, News::End(_))
}

fn supplier(event: &Event) -> Option<usize> {
    match event.news {
        News::Answer(supplier, _) => Some(supplier),
        News::End(_) => None,
    }
}

fn nothing_left_out(state: &State) -> bool {
    let ends = state.redis.log.iter().filter_map(|event| match event.news {
        News::End(answers) => Some(answers),
        News::Answer(..) => None,
    });
    ends.into_iter().all(|answers| {
        state.redis.log.iter().all(|event| match event.news {
            News::Answer(supplier, answer) => answers[supplier] == Some(answer),
            News::End(_) => true,
        })
    })
}

fn is_clean(state: &State) -> bool {
    let a_worker_lives = state.workers.iter().any(|worker| worker.now != Now::Dead);
    let no_job = state.redis.jobs.iter().all(|job| matches!(job, Job::Absent | Job::Done));
    state.redis.record.is_none() && !state.redis.open && (no_job || !a_worker_lives)
}
