use std::fmt;

use rand::{RngExt, rngs::StdRng};

/// A supplier that workers call over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Airline {
    /// Its code.
    pub(crate) code: String,
    pub(crate) fastest_ms: u64,
    pub(crate) slowest_ms: u64,
    /// The share of calls that it answers with an error.
    pub(crate) failure_rate: f64,
    /// The most offers in an answer.
    pub(crate) offers: usize,
}

impl Airline {
    /// A random airline with this number.
    pub(crate) fn any(number: usize, rng: &mut StdRng) -> Self {
        let (fastest_ms, slowest_ms) =
            [(5, 60), (50, 800), (300, 1500), (1000, 2500)][rng.random_range(0..4)];
        let failure_rate = if rng.random_bool(0.25) { 0.2 } else { 0.0 };
        let offers = if rng.random_bool(0.2) { 150 } else { 5 };
        Self { code: format!("H{number}"), fastest_ms, slowest_ms, failure_rate, offers }
    }
}

impl fmt::Display for Airline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, fastest_ms, slowest_ms, failure_rate, offers } = self;
        write!(f, "{code} {fastest_ms}-{slowest_ms} ms with up to {offers} offers")?;
        if *failure_rate > 0.0 { write!(f, " and errors in {failure_rate}") } else { Ok(()) }
    }
}
