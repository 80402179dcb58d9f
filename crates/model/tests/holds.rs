//! holds

use std::time::Instant;
use model::{Guards, Troubles, World, Action, State};
use stateright::{Checker, Model, HasDiscoveries, Path};

fn tell(path: Path<State, Action>) -> String {
    let steps = path.into_vec();
    let mut out = String::new();
    for (s, a) in &steps { if let Some(a) = a { out += &format!("  {a:?}\n"); } else { out += &format!("{s:?}\n"); } }
    out
}

fn check(name: &str, world: World) {
    let began = Instant::now();
    let checker = world.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!("{name}: {} states, depth {}, {:?}", checker.unique_state_count(), checker.max_depth(), began.elapsed());
    for (p, path) in checker.discoveries() { if checker.model().property(p).expectation.discovery_is_failure() { println!("VIOLATED {p}\n{}", tell(path)); } }
}

#[test]
fn quiet() { check("quiet", World { guards: Guards::ALL, troubles: Troubles::default(), has_deadline: true }); }
#[test]
fn pauses() { check("pauses", World { guards: Guards::ALL, troubles: Troubles { deaths: 1, pauses: 2, ..Troubles::default() }, has_deadline: true }); }
#[test]
fn far() { check("far", World { guards: Guards::ALL, troubles: Troubles { deaths: 1, pauses: 2, stops: 1, lost_replies: 1, lost_groups: 1, ..Troubles::default() }, has_deadline: false }); }
#[test]
fn stops() { check("stops", World { guards: Guards::ALL, troubles: Troubles { deaths: 1, pauses: 1, stops: 1, ..Troubles::default() }, has_deadline: true }); }
#[test]
fn replies() { check("replies", World { guards: Guards::ALL, troubles: Troubles { deaths: 1, pauses: 1, lost_replies: 1, ..Troubles::default() }, has_deadline: true }); }
#[test]
fn losses() { check("losses", World { guards: Guards::ALL, troubles: Troubles { losses: 1, ..Troubles::default() }, has_deadline: true }); }
#[test]
fn losses_pause() { check("losses_pause", World { guards: Guards::ALL, troubles: Troubles { losses: 1, pauses: 1, ..Troubles::default() }, has_deadline: true }); }
