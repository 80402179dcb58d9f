//! Without one guard the checker finds what it guards against, and prints the way there.

use model::{
    Guards, Troubles, World,
    properties::{ENDS, NO_OVERRULING, NOTHING_LEFT_OUT, ONE_END},
};

use crate::support::{NONE, counterexample, told, world};

#[track_caller]
fn guards_against(property: &'static str, world: &World) {
    let Some(path) = counterexample(world, property) else {
        panic!("holds without the guard: {property}");
    };
    println!("not so without the guard: {property}\n{}", told(path));
    let guarded = World { guards: Guards::ALL, ..*world };
    assert!(counterexample(&guarded, property).is_none(), "does not hold with the guard: {property}");
}

#[test]
fn a_dead_workers_job_is_taken_over_though_the_reader_has_the_last_permit() {
    let guards = Guards { takeover_before_new_work: false, ..Guards::ALL };
    let troubles = Troubles { deaths: 1, ..NONE };
    guards_against(ENDS, &World { has_deadline: false, ..world(guards, troubles) });
}

#[test]
fn who_was_paused_beyond_its_lease_stores_nothing() {
    let guards = Guards { fence: false, ..Guards::ALL };
    guards_against(NO_OVERRULING, &world(guards, Troubles { pauses: 1, ..NONE }));
}

#[test]
fn who_was_paused_while_its_job_was_handed_back_stores_nothing() {
    let guards = Guards { fence_handed_back: false, ..Guards::ALL };
    guards_against(NO_OVERRULING, &world(guards, Troubles { pauses: 1, stops: 1, ..NONE }));
}

#[test]
fn a_search_without_a_record_has_ended_after_its_deadline() {
    let guards = Guards { missing_has_ended: false, ..Guards::ALL };
    guards_against(ONE_END, &world(guards, NONE));
}

#[test]
fn a_record_outlives_its_search() {
    let guards = Guards { records_outlive_deadlines: false, ..Guards::ALL };
    guards_against(ONE_END, &world(guards, NONE));
    guards_against(NOTHING_LEFT_OUT, &world(guards, NONE));
}

#[test]
fn a_worker_alone_ends_what_is_overdue() {
    let guards = Guards { workers_end_overdue: false, ..Guards::ALL };
    guards_against(ENDS, &world(guards, Troubles { deaths: 1, losses: 1, ..NONE }));
}

#[test]
fn what_was_found_open_is_ended_only_if_it_still_is() {
    let guards = Guards { still_open: false, ..Guards::ALL };
    guards_against(ONE_END, &world(guards, NONE));
}

#[test]
fn nothing_comes_between_the_commands_of_a_submit() {
    let guards = Guards { submit_at_once: false, ..Guards::ALL };
    guards_against(ONE_END, &world(guards, NONE));
}

#[test]
fn an_end_names_the_version_of_the_record_that_it_was_made_of() {
    let guards = Guards { ends_name_a_version: false, ..Guards::ALL };
    guards_against(NOTHING_LEFT_OUT, &world(guards, Troubles { losses: 1, ..NONE }));
}
