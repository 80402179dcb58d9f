//! Each guard is needed: without it, the checker finds a counterexample and prints it.

use model::{
    Faults, Guards, World,
    properties::{AT_MOST_ONE_END, END_HAS_ALL_ANSWERS, ONLY_OWNERS_WRITE, TERMINATES},
};

use crate::support::{NO_FAULTS, counterexample, describe, world};

#[track_caller]
fn guards_against(property: &'static str, world: &World) {
    let Some(path) = counterexample(world, property) else {
        panic!("holds without the guard: {property}");
    };
    println!("counterexample without the guard: {property}\n{}", describe(path));
    let guarded = World { guards: Guards::ALL, ..*world };
    assert!(counterexample(&guarded, property).is_none(), "does not hold with the guard: {property}");
}

#[test]
fn takeover_needs_no_further_permit() {
    let guards = Guards { takeover_before_new_work: false, ..Guards::ALL };
    let faults = Faults { deaths: 1, ..NO_FAULTS };
    guards_against(TERMINATES, &World { has_deadline: false, ..world(guards, faults) });
}

#[test]
fn a_worker_paused_beyond_its_lease_stores_nothing() {
    let guards = Guards { fence: false, ..Guards::ALL };
    guards_against(ONLY_OWNERS_WRITE, &world(guards, Faults { pauses: 1, ..NO_FAULTS }));
}

#[test]
fn a_worker_whose_job_was_handed_back_stores_nothing() {
    let guards = Guards { fence_handed_back: false, ..Guards::ALL };
    guards_against(ONLY_OWNERS_WRITE, &world(guards, Faults { pauses: 1, stops: 1, ..NO_FAULTS }));
}

#[test]
fn a_record_missing_long_after_the_deadline_has_expired() {
    let guards = Guards { missing_record_has_ended: false, ..Guards::ALL };
    guards_against(AT_MOST_ONE_END, &world(guards, NO_FAULTS));
}

#[test]
fn a_record_outlives_its_search() {
    let guards = Guards { records_outlive_deadlines: false, ..Guards::ALL };
    guards_against(AT_MOST_ONE_END, &world(guards, NO_FAULTS));
    guards_against(END_HAS_ALL_ANSWERS, &world(guards, NO_FAULTS));
}

#[test]
fn workers_end_overdue_searches() {
    let guards = Guards { workers_end_overdue: false, ..Guards::ALL };
    guards_against(TERMINATES, &world(guards, Faults { deaths: 1, losses: 1, ..NO_FAULTS }));
}

#[test]
fn an_open_search_is_checked_again_before_its_end() {
    let guards = Guards { recheck_open: false, ..Guards::ALL };
    guards_against(AT_MOST_ONE_END, &world(guards, NO_FAULTS));
}

#[test]
fn a_submit_is_atomic() {
    let guards = Guards { atomic_submit: false, ..Guards::ALL };
    guards_against(AT_MOST_ONE_END, &world(guards, NO_FAULTS));
}

#[test]
fn an_end_checks_the_version_of_the_record() {
    let guards = Guards { ends_check_version: false, ..Guards::ALL };
    guards_against(END_HAS_ALL_ANSWERS, &world(guards, Faults { losses: 1, ..NO_FAULTS }));
}
