//! Tests of the Lua scripts. For each guard in a script, a mutant shows that without the guard a scenario fails.

#![expect(clippy::expect_used, reason = "a test fails by a panic")]

mod answering;
mod ending;
mod guards;
mod jobs;
mod mutants;
mod operating;
mod owning;
mod reading;
mod sharing;
mod stage;

use guards::{changed, guards};
use mutants::Mutant;
use stage::{SCRIPTS, Scenario, Stage};

/// All scenarios, by script.
fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    [
        owning::SCENARIOS,
        answering::SCENARIOS,
        ending::SCENARIOS,
        jobs::SCENARIOS,
        sharing::SCENARIOS,
        reading::SCENARIOS,
        operating::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_pass_all_scenarios() {
    let redis = test_kit::Redis::volatile().await;
    let mut stage = Stage::new(&redis.addr());
    for (name, scenario) in scenarios() {
        stage.set(None);
        if let Err(failed) = scenario(&mut stage) {
            panic!("{name}: {failed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_one_guard_its_scenario_fails() {
    let redis = test_kit::Redis::volatile().await;
    let mut stage = Stage::new(&redis.addr());
    let mut survivors = Vec::new();
    for mutant in mutants::all() {
        let Mutant { script, without, fails, .. } = mutant;
        let (_, scenario) = scenarios()
            .find(|(name, _)| name == fails)
            .unwrap_or_else(|| panic!("no scenario of this name: {fails}"));
        stage.set(Some(mutant));
        if scenario(&mut stage).is_ok() {
            survivors.push(format!("{fails}: passes with {script} without {without}"));
        }
    }
    assert!(survivors.is_empty(), "{survivors:#?}");
}

/// A mutant changes each clause of each condition, and each write.
#[test]
fn each_guard_has_a_mutant() {
    let mut unguarded = Vec::new();
    for (script, source) in SCRIPTS {
        let changed: Vec<_> = mutants::all().filter(|mutant| mutant.script == *script).map(changed).collect();
        for guard in guards(source) {
            if !changed.iter().any(|change| change.start < guard.end && guard.start < change.end) {
                let line = source[..guard.start].lines().count();
                unguarded.push(format!("{script}.lua:{line}: {}", &source[guard]));
            }
        }
    }
    assert!(unguarded.is_empty(), "no mutant changes {unguarded:#?}");
}
