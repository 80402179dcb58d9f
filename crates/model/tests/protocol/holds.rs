use std::time::Instant;

use model::{GATEWAYS, Guards, Troubles, World, properties::NOTHING_LEFT_OUT};
use stateright::{Checker, HasDiscoveries, Model};

use crate::support::{NONE, told, world};

/// Every state that can be reached is visited, and everything holds in all of them.
fn holds(name: &str, world: World) {
    holds_but_for(None, name, world);
}

/// As [`holds`], but for this property.
fn holds_but_for(exception: Option<&str>, name: &str, world: World) {
    let began = Instant::now();
    let checker = world.checker().finish_when(HasDiscoveries::AllFailures).spawn_bfs().join();
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        if property.expectation.discovery_is_failure() && exception != Some(property.name) {
            let story = found.map(told);
            assert!(story.is_none(), "{name}: not so: {}\n{}", property.name, story.unwrap_or_default());
        } else {
            assert!(found.is_some(), "{name}: never: {}", property.name);
        }
    }
    println!("{name}: {} states, {} ms", checker.unique_state_count(), began.elapsed().as_millis());
}

#[test]
fn processes_that_die_pause_and_stop_and_replies_that_are_lost() {
    let troubles = Troubles { deaths: 1, pauses: 1, stops: 1, lost_replies: 1, cancels: 1, ..NONE };
    holds("processes in trouble", world(Guards::ALL, troubles));
}

#[test]
fn two_gateways() {
    let troubles = Troubles { deaths: 1, pauses: 1, cancels: 2, ..NONE };
    holds("two gateways", World { gateways: GATEWAYS, ..world(Guards::ALL, troubles) });
}

/// With too little trouble for a third delivery and a death: a worker that dies between burying a job and failing its
/// search leaves that to the deadline.
#[test]
fn workers_alone_end_what_has_no_deadline() {
    let troubles = Troubles { deaths: 1, pauses: 1, stops: 1, lost_groups: 1, ..NONE };
    holds("no deadline", World { has_deadline: false, ..world(Guards::ALL, troubles) });
}

#[test]
fn a_group_that_is_lost() {
    let troubles = Troubles { lost_groups: 1, deaths: 1, pauses: 1, stops: 1, ..NONE };
    holds("a lost group", world(Guards::ALL, troubles));
}

#[test]
fn a_redis_that_loses_its_last_writes_and_processes_that_stop() {
    let troubles = Troubles { losses: 1, deaths: 1, stops: 1, ..NONE };
    holds("a loss, and stops", world(Guards::ALL, troubles));
}

#[test]
fn a_redis_that_loses_its_last_writes_and_a_client_that_cancels() {
    let troubles = Troubles { losses: 1, cancels: 1, ..NONE };
    holds("a loss, and a cancel", world(Guards::ALL, troubles));
}

#[test]
fn a_redis_that_loses_its_last_writes_and_a_worker_that_pauses() {
    let troubles = Troubles { losses: 1, pauses: 1, ..NONE };
    holds("a loss, and a pause", world(Guards::ALL, troubles));
}

/// What is left of the promise where an end is checked by the number of answers that it was made of.
#[test]
fn a_redis_that_loses_its_last_writes_and_ends_that_name_no_version() {
    let guards = Guards { ends_name_a_version: false, ..Guards::ALL };
    let troubles = Troubles { losses: 1, deaths: 1, stops: 1, ..NONE };
    holds_but_for(Some(NOTHING_LEFT_OUT), "a loss, and no versions", world(guards, troubles));
}
