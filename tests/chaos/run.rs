use std::{env, time::Duration};

use rand::{SeedableRng, rngs::StdRng};
use tokio::time::Instant;

/// What the arguments ask for; they are those of the standard test harness.
pub(crate) enum Asked {
    /// To list the tests.
    List,
    /// To run tests with other names.
    SomethingElse,
    /// To run this test.
    Run,
}

/// Reads the arguments.
pub(crate) fn asked_for() -> Asked {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let mut names = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    if arguments.iter().any(|argument| argument == "--list") {
        Asked::List
    } else if names.peek().is_some() && !names.any(|name| "chaos".contains(name.as_str())) {
        Asked::SomethingElse
    } else {
        Asked::Run
    }
}

/// The seed and the duration of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Determines all random decisions.
    pub(crate) seed: u64,
    /// How long there are load and faults.
    pub(crate) lasts: Duration,
}

impl Run {
    /// The runs that the environment asks for.
    pub(crate) fn from_env() -> Vec<Self> {
        let number = |name: &str| env::var(name).ok().map(|text| text.parse().expect(name));
        let lasts = Duration::from_secs(number("CHAOS_SECONDS").unwrap_or(30));
        let first = number("CHAOS_SEED").unwrap_or_else(|| u64::from(rand::random::<u32>()));
        let runs = number("CHAOS_SEEDS").unwrap_or(1);
        (first..first.saturating_add(runs)).map(|seed| Self { seed, lasts }).collect()
    }

    /// When a run that starts now stops its load and faults.
    pub(crate) fn until(&self) -> Instant {
        Instant::now() + self.lasts
    }

    /// The random numbers for `part` of the run, the same in each run with this seed.
    pub(crate) fn rng(&self, part: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_add(part.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}
