use std::collections::HashMap;

use model::{Guards, State, Troubles, World};
use stateright::Model;

use crate::support::{NONE, world};

/// "Sooner or later" is checked in the states at rest. That is all of it only if every run comes to rest: if no state
/// comes again.
#[test]
fn every_run_comes_to_rest() {
    for troubles in [
        Troubles { deaths: 1, pauses: 1, stops: 1, ..NONE },
        Troubles { lost_replies: 1, cancels: 1, ..NONE },
        Troubles { losses: 1, ..NONE },
        Troubles { lost_groups: 1, stops: 1, ..NONE },
    ] {
        assert_eq!(cycle(&world(Guards::ALL, troubles)), None, "{troubles:?}");
    }
}

/// A state that comes again, by a search in depth.
fn cycle(world: &World) -> Option<State> {
    let mut is_under_way = HashMap::new();
    let mut path: Vec<(State, Vec<State>)> = Vec::new();
    let mut enter = world.init_states();
    loop {
        if let Some(state) = enter.pop() {
            match is_under_way.get(&state) {
                Some(true) => return Some(state),
                Some(false) => {}
                None => {
                    is_under_way.insert(state.clone(), true);
                    path.push((state.clone(), std::mem::take(&mut enter)));
                    enter = world.next_states(&state);
                }
            }
        } else {
            let (state, rest) = path.pop()?;
            is_under_way.insert(state, false);
            enter = rest;
        }
    }
}
