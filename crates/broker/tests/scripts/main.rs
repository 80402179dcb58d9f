//! The scripts by themselves, and what each of their guards is for: with one guard taken out, a scenario fails.

#![expect(clippy::expect_used, reason = "a test ends where it can't go on")]

mod answering;
mod ending;
mod jobs;
mod mutants;
mod owning;
mod sharing;
mod stage;

use mutants::{MUTANTS, Mutant};
use stage::{SCRIPTS, Scenario, Stage};

/// All scenarios, by script.
fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    [owning::SCENARIOS, answering::SCENARIOS, ending::SCENARIOS, jobs::SCENARIOS, sharing::SCENARIOS]
        .into_iter()
        .flatten()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_pass_all_scenarios() {
    let redis = e2e::Redis::volatile().await;
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
    let redis = e2e::Redis::volatile().await;
    let mut stage = Stage::new(&redis.addr());
    let mut survivors = Vec::new();
    for mutant in MUTANTS {
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

/// A script's early returns and its writes: each is taken out by a mutant.
#[test]
fn each_guard_has_a_mutant() {
    for (script, source) in SCRIPTS {
        for line in source.lines().map(str::trim).filter(|line| is_guard(line)) {
            let is_covered =
                MUTANTS.iter().any(|mutant| mutant.script == *script && covers(mutant.without, line));
            assert!(is_covered, "no mutant of {script} is without: {line}");
        }
    }
}

fn is_guard(line: &str) -> bool {
    line.starts_with("redis.call(") || line.starts_with("if ") && line.ends_with(" end")
}

fn covers(without: &str, line: &str) -> bool {
    line.contains(without) || without.contains(line)
}
