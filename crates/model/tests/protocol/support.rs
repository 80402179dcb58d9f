use std::fmt::Write;

use model::{Action, Faults, Guards, State, World};
use stateright::{Checker, CheckerBuilder, HasDiscoveries, Model, Path};

/// No faults.
pub(crate) const NO_FAULTS: Faults =
    Faults { deaths: 0, stops: 0, pauses: 0, lost_replies: 0, losses: 0, lost_groups: 0, cancels: 0 };

/// The most states a check visits, repeated ones included: twice as many as the largest world has. Without a limit, a
/// changed protocol with endless states would use up all memory.
pub(crate) const MAX_STATES: usize = 12_000_000;

/// A world with one gateway and a deadline.
pub(crate) fn world(guards: Guards, faults: Faults) -> World {
    World { guards, faults, gateways: 1, has_deadline: true }
}

/// A check with a limit.
pub(crate) fn bounded(world: World) -> CheckerBuilder<World> {
    world.checker().target_state_count(MAX_STATES)
}

/// A missing counterexample is proof only if all states were visited.
#[track_caller]
pub(crate) fn assert_complete(checker: &impl Checker<World>) {
    assert!(checker.state_count() < MAX_STATES, "too many states to visit all of them");
}

/// A shortest counterexample to this property.
pub(crate) fn counterexample(world: &World, property: &'static str) -> Option<Path<State, Action>> {
    let mut shortest = None;
    let mut depth = usize::MAX;
    // The checker keeps the last counterexample of a block of states, not the first.
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

/// The actions of a path, and the result log at its end.
pub(crate) fn describe(path: Path<State, Action>) -> String {
    let mut text = String::new();
    for (state, action) in path.into_vec() {
        let _ = match action {
            Some(action) => writeln!(text, "  {action:?}"),
            None => writeln!(text, "  log: {:#?}", state.redis.log),
        };
    }
    text
}
