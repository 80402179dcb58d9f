use std::time::Instant;

use model::{GATEWAYS, Guards, Troubles, World};
use stateright::{Checker, HasDiscoveries, Model};

use crate::support::{NONE, told, world};

/// Every state that can be reached is visited, and everything holds in all of them.
fn holds(name: &str, world: World) {
    let began = Instant::now();
    let checker = world.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        if property.expectation.discovery_is_failure() {
            assert!(
                found.is_none(),
                "{name}: not so: {}\n{}",
                property.name,
                found.map_or_else(String::new, told)
            );
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

#[test]
fn workers_alone_end_what_has_no_deadline() {
    let troubles = Troubles { deaths: 1, pauses: 2, stops: 1, lost_replies: 1, lost_groups: 1, ..NONE };
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
