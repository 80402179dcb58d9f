use std::fmt;

use rand::{RngExt, rngs::StdRng};

/// A supplier that is asked over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Airline {
    /// Its code.
    pub(crate) code: String,
    pub(crate) fastest_ms: u64,
    pub(crate) slowest_ms: u64,
    /// The share of calls that it answers with an error.
    pub(crate) fails: f64,
    /// How many offers an answer has at most.
    pub(crate) offers: usize,
}

impl Airline {
    /// Any airline with this number.
    pub(crate) fn any(number: usize, chance: &mut StdRng) -> Self {
        let (fastest_ms, slowest_ms) =
            [(5, 60), (50, 800), (300, 1500), (1000, 2500)][chance.random_range(0..4)];
        let fails = if chance.random_bool(0.25) { 0.2 } else { 0.0 };
        let offers = if chance.random_bool(0.2) { 150 } else { 5 };
        Self { code: format!("H{number}"), fastest_ms, slowest_ms, fails, offers }
    }
}

impl fmt::Display for Airline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, fastest_ms, slowest_ms, fails, offers } = self;
        write!(f, "{code} {fastest_ms}-{slowest_ms} ms with up to {offers} offers")?;
        if *fails > 0.0 { write!(f, " and errors in {fails}") } else { Ok(()) }
    }
}
