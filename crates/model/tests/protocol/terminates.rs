use std::collections::HashMap;

use model::{Faults, Guards, State, World};
use stateright::Model;

use crate::support::{MAX_STATES, NO_FAULTS, world};

/// Liveness is checked in quiescent states. That is sound only if every run reaches one: if there are no cycles.
#[test]
fn every_run_is_finite() {
    for faults in [
        Faults { deaths: 1, pauses: 1, stops: 1, ..NO_FAULTS },
        Faults { lost_replies: 1, cancels: 1, ..NO_FAULTS },
        Faults { losses: 1, ..NO_FAULTS },
        Faults { lost_groups: 1, stops: 1, ..NO_FAULTS },
    ] {
        assert_eq!(cycle(&world(Guards::ALL, faults)), None, "{faults:?}");
    }
}

/// A state on a cycle, found by depth-first search.
fn cycle(world: &World) -> Option<State> {
    let mut on_path = HashMap::new();
    let mut path: Vec<(State, Vec<State>)> = Vec::new();
    let mut enter = world.init_states();
    loop {
        if let Some(state) = enter.pop() {
            match on_path.get(&state) {
                Some(true) => return Some(state),
                Some(false) => {}
                None => {
                    assert!(on_path.len() < MAX_STATES / 8, "too many states to visit all of them");
                    on_path.insert(state.clone(), true);
                    path.push((state.clone(), std::mem::take(&mut enter)));
                    enter = world.next_states(&state);
                }
            }
        } else {
            let (state, rest) = path.pop()?;
            on_path.insert(state, false);
            enter = rest;
        }
    }
}
