use std::fmt::Write;

use model::{Action, Guards, State, Troubles, World};
use stateright::{Checker, CheckerBuilder, HasDiscoveries, Model, Path};

/// No trouble at all.
pub(crate) const NONE: Troubles =
    Troubles { deaths: 0, stops: 0, pauses: 0, lost_replies: 0, losses: 0, lost_groups: 0, cancels: 0 };

/// How many states a check visits at most, counting those that are come to again. Twice what the largest world has: a
/// change of the protocol may give a world no end of states, which would take all memory of the machine.
pub(crate) const MOST_STATES: usize = 12_000_000;

/// A world with one gateway and a deadline.
pub(crate) fn world(guards: Guards, troubles: Troubles) -> World {
    World { guards, troubles, gateways: 1, has_deadline: true }
}

/// A check that ends in any case.
pub(crate) fn bounded(world: World) -> CheckerBuilder<World> {
    world.checker().target_state_count(MOST_STATES)
}

/// What was not found counts only if all was looked at.
#[track_caller]
pub(crate) fn assert_complete(checker: &impl Checker<World>) {
    assert!(checker.state_count() < MOST_STATES, "too many states to look at all of them");
}

/// A shortest way to break this property.
pub(crate) fn counterexample(world: &World, property: &'static str) -> Option<Path<State, Action>> {
    let mut shortest = None;
    let mut depth = usize::MAX;
    // Within a block of states the checker keeps the last counterexample, not the first.
    loop {
        let only_this = HasDiscoveries::AllOf([property].into());
        let checker =
            bounded(world.clone()).finish_when(only_this).target_max_depth(depth).spawn_bfs().join();
        let Some(path) = checker.discovery(property) else {
            assert_complete(&checker);
            return shortest;
        };
        depth = path.clone().into_vec().len();
        shortest = Some(path);
    }
}

/// What happens on a path, and where it leads.
pub(crate) fn told(path: Path<State, Action>) -> String {
    let mut story = String::new();
    for (state, action) in path.into_vec() {
        let _ = match action {
            Some(action) => writeln!(story, "  {action:?}"),
            None => writeln!(story, "  log: {:#?}", state.redis.log),
        };
    }
    story
}
