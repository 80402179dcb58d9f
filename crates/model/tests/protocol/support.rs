use std::fmt::Write;

use model::{Action, Guards, State, Troubles, World};
use stateright::{Checker, HasDiscoveries, Model, Path};

/// No trouble at all.
pub(crate) const NONE: Troubles =
    Troubles { deaths: 0, stops: 0, pauses: 0, lost_replies: 0, losses: 0, lost_groups: 0, cancels: 0 };

/// A world with one gateway and a deadline.
pub(crate) fn world(guards: Guards, troubles: Troubles) -> World {
    World { guards, troubles, gateways: 1, has_deadline: true }
}

/// A shortest way to break this property.
pub(crate) fn counterexample(world: &World, property: &'static str) -> Option<Path<State, Action>> {
    let mut shortest = None;
    let mut depth = usize::MAX;
    // Within a block of states the checker keeps the last counterexample, not the first.
    loop {
        let only_this = HasDiscoveries::AllOf([property].into());
        let checker =
            world.clone().checker().finish_when(only_this).target_max_depth(depth).spawn_bfs().join();
        let Some(path) = checker.discovery(property) else { return shortest };
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
