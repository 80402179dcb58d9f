use std::time::Instant;

use model::{Faults, GATEWAYS, Guards, World, properties::END_HAS_ALL_ANSWERS};
use stateright::{Checker, HasDiscoveries, Model};

use crate::support::{NO_FAULTS, assert_complete, bounded, describe, world};

/// Checks every property in every reachable state.
fn holds(name: &str, world: World) {
    holds_except(None, name, world);
}

/// Like [`holds`], except for one property.
fn holds_except(exception: Option<&str>, name: &str, world: World) {
    let began = Instant::now();
    let checker = bounded(world).finish_when(HasDiscoveries::AllFailures).spawn_bfs().join();
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        if property.expectation.discovery_is_failure() && exception != Some(property.name) {
            let path = found.map(describe);
            assert!(path.is_none(), "{name}: violated: {}\n{}", property.name, path.unwrap_or_default());
        } else {
            assert!(found.is_some(), "{name}: never reached: {}", property.name);
        }
    }
    assert_complete(&checker);
    println!("{name}: {} states, {} ms", checker.unique_state_count(), began.elapsed().as_millis());
}

#[test]
fn deaths_pauses_stops_and_lost_replies() {
    let faults = Faults { deaths: 1, pauses: 1, stops: 1, lost_replies: 1, cancels: 1, ..NO_FAULTS };
    holds("deaths, pauses, stops and lost replies", world(Guards::ALL, faults));
}

#[test]
fn two_gateways() {
    let faults = Faults { deaths: 1, pauses: 1, cancels: 2, ..NO_FAULTS };
    holds("two gateways", World { gateways: GATEWAYS, ..world(Guards::ALL, faults) });
}

/// With too few faults for a third delivery and a death: if a worker dies between burying a job and failing its search,
/// only the deadline ends the search.
#[test]
fn workers_end_a_search_without_a_deadline() {
    let faults = Faults { deaths: 1, pauses: 1, stops: 1, lost_groups: 1, ..NO_FAULTS };
    holds("no deadline", World { has_deadline: false, ..world(Guards::ALL, faults) });
}

#[test]
fn a_lost_consumer_group() {
    let faults = Faults { lost_groups: 1, deaths: 1, pauses: 1, stops: 1, ..NO_FAULTS };
    holds("a lost group", world(Guards::ALL, faults));
}

#[test]
fn lost_writes_and_stops() {
    let faults = Faults { losses: 1, deaths: 1, stops: 1, ..NO_FAULTS };
    holds("a loss, and stops", world(Guards::ALL, faults));
}

#[test]
fn lost_writes_and_a_cancel() {
    let faults = Faults { losses: 1, cancels: 1, ..NO_FAULTS };
    holds("a loss, and a cancel", world(Guards::ALL, faults));
}

#[test]
fn lost_writes_and_a_pause() {
    let faults = Faults { losses: 1, pauses: 1, ..NO_FAULTS };
    holds("a loss, and a pause", world(Guards::ALL, faults));
}

/// What still holds if `end` compares only the number of answers, as the scripts do.
#[test]
fn lost_writes_and_ends_without_version_check() {
    let guards = Guards { ends_check_version: false, ..Guards::ALL };
    let faults = Faults { losses: 1, deaths: 1, stops: 1, ..NO_FAULTS };
    holds_except(Some(END_HAS_ALL_ANSWERS), "a loss, and no versions", world(guards, faults));
}
