use std::{ops::RangeInclusive, time::Duration};

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use tokio::time::Instant;

use crate::{config::Config, fault::Fault, journal::Journal};

/// Injects faults into one kind of target.
pub(super) struct Injector<'a> {
    pub(super) config: &'a Config,
    pub(super) journal: &'a Journal,
    pub(super) faults: Vec<Fault>,
    pub(super) rng: StdRng,
    pub(super) until: Instant,
}

impl Injector<'_> {
    /// Waits for the time of the next fault; `None` if it is time to stop.
    pub(super) async fn next(&mut self, pause_ms: RangeInclusive<u64>) -> Option<Fault> {
        let next = Instant::now() + self.millis(pause_ms);
        let fault = self.faults.choose(&mut self.rng).copied();
        tokio::time::sleep_until(if fault.is_some() { next.min(self.until) } else { self.until }).await;
        let fault = fault.filter(|_| next < self.until)?;
        self.journal.count(fault);
        Some(fault)
    }

    pub(super) fn millis(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.rng.random_range(range))
    }
}
