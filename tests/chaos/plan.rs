use std::{env, fmt, time::Duration};

use rand::{SeedableRng, rngs::StdRng};
use tokio::time::Instant;

/// How many gateways run.
pub(crate) const GATEWAYS: usize = 2;
/// How many workers run.
pub(crate) const WORKERS: usize = 3;
/// The time between two searches: 20 a second.
pub(crate) const PACE: Duration = Duration::from_millis(50);
/// When a search ends at the latest.
pub(crate) const DEADLINE: Duration = Duration::from_secs(15);
/// How long a worker may be silent about a job.
pub(crate) const LEASE: Duration = Duration::from_millis(1500);

/// What is asked of this program by its arguments, which are those of the standard test harness.
pub(crate) enum Asked {
    /// The names of its tests.
    List,
    /// Tests of other names.
    SomethingElse,
    /// To run.
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

/// How long the chaos lasts, and what all its decisions follow from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// What all decisions follow from.
    pub(crate) seed: u64,
    lasts: Duration,
}

impl Plan {
    /// As the environment says.
    pub(crate) fn from_env() -> Self {
        let number = |name: &str| env::var(name).ok().map(|text| text.parse().expect(name));
        Self {
            seed: number("CHAOS_SEED").unwrap_or_else(|| u64::from(rand::random::<u32>())),
            lasts: Duration::from_secs(number("CHAOS_SECONDS").unwrap_or(30)),
        }
    }

    /// When chaos is over that begins now.
    pub(crate) fn until(&self) -> Instant {
        Instant::now() + self.lasts
    }

    /// The chance that `part` of the run is left to, the same in each run with this seed.
    pub(crate) fn chance(&self, part: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_add(part.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, lasts, .. } = self;
        write!(
            f,
            "chaos for {lasts:?} with CHAOS_SEED={seed}: {GATEWAYS} gateways, {WORKERS} workers, a search every {PACE:?}"
        )
    }
}
