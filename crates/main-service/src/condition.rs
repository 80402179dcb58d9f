use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use broker::{Backlog, BrokerError, Checkup};
use contracts::{SupplierCode, SupplierListing};
use tokio::time::Instant;

use crate::fitness::Fitness;

/// How old a sign of life may be, at least, and in times of a request to Redis. The tail gives one every second, the
/// watch ten.
const FRESH: (Duration, u32) = (Duration::from_secs(3), 3);

/// How the gateway is: what its tasks have seen of late, for whoever has to decide without asking Redis.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    /// Whether Redis and the workers are fit.
    pub(crate) fitness: Fitness,
    /// How old a sign of life may be.
    fresh: Duration,
    seen: Mutex<Seen>,
    /// Jobs that wait for a worker, about: the last count, and what was submitted here since.
    waiting: AtomicU64,
    /// Places that were ever taken among them.
    taken: AtomicU64,
}

#[derive(Debug, Default)]
struct Seen {
    redis_answered: Option<Instant>,
    /// What it said when it last failed.
    redis_said: Option<String>,
    tail_moved: Option<Instant>,
    suppliers: Vec<SupplierListing>,
}

impl Condition {
    /// Nothing seen yet. A request to Redis may take `timeout`.
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { fresh: FRESH.0.max(timeout * FRESH.1), ..Self::default() }
    }

    /// How many places were ever taken among the jobs that wait.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Redis answered with these vitals; it was asked when so many places were taken. Those that were taken since may
    /// or may not have been counted.
    pub(crate) fn redis_answered(&self, vitals: Backlog, taken: u64) {
        self.waiting.store(vitals.waiting + self.taken().saturating_sub(taken), Ordering::Relaxed);
        self.seen().redis_answered = Some(Instant::now());
    }

    /// Redis did not answer, or refused what it must do.
    pub(crate) fn redis_failed(&self, error: &BrokerError) {
        self.fitness.redis_failed();
        let mut seen = self.seen();
        seen.redis_answered = None;
        seen.redis_said = error.refusal_code().map(|code| format!("Redis takes no writes ({code})"));
    }

    /// Whether Redis has answered of late.
    pub(crate) fn redis_answers(&self) -> bool {
        self.is_fresh(self.seen().redis_answered)
    }

    /// The tail of the result log has read what there was.
    pub(crate) fn tail_moved(&self) {
        self.seen().tail_moved = Some(Instant::now());
    }

    /// The tail has lost its connection.
    pub(crate) fn tail_stopped(&self) {
        self.seen().tail_moved = None;
    }

    /// A look at Redis has told this: does it recover from what made it of no use?
    pub(crate) fn recovers(&self, checkup: &Checkup) -> bool {
        let was_failing = self.fitness.failing().is_some();
        self.fitness.examined(checkup);
        was_failing && self.fitness.failing().is_none()
    }

    /// A place for a search that is about to be submitted; none if so many wait already.
    pub(crate) fn place(&self, most: u64) -> Option<Place<'_>> {
        let one_more = |waiting| (waiting < most).then_some(waiting + 1);
        self.taken.fetch_add(1, Ordering::Relaxed);
        self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Place(&self.waiting))
    }

    /// The workers ask these suppliers.
    pub(crate) fn suppliers_are(&self, suppliers: Vec<SupplierListing>) {
        self.seen().suppliers = suppliers;
    }

    /// The suppliers the workers ask; none while no worker has said so.
    pub(crate) fn suppliers(&self) -> Vec<SupplierListing> {
        self.seen().suppliers.clone()
    }

    /// The suppliers that a search asks which is limited to these; to none of them, it asks all there are.
    pub(crate) fn asked(&self, codes: &[SupplierCode]) -> Vec<SupplierListing> {
        let mut suppliers = self.suppliers();
        if !codes.is_empty() {
            suppliers.retain(|listing| codes.contains(&listing.code));
        }
        suppliers
    }

    /// Which of these codes no worker knows. None, while no worker has said what it knows.
    pub(crate) fn unknown_suppliers<'a>(&self, codes: &'a [SupplierCode]) -> Vec<&'a SupplierCode> {
        if codes.is_empty() {
            return Vec::new();
        }
        let seen = self.seen();
        let known = |code: &SupplierCode| seen.suppliers.iter().any(|listing| listing.code == *code);
        if seen.suppliers.is_empty() {
            Vec::new()
        } else {
            codes.iter().filter(|code| !known(code)).collect()
        }
    }

    /// What keeps the gateway from being of use, if anything does. Overload is none: where one gateway is told to
    /// have too much to do, all are, and to take all of them out helps nobody.
    pub(crate) fn trouble(&self) -> Option<String> {
        let failing = self.fitness.failing();
        let seen = self.seen();
        if failing.is_some() {
            failing
        } else if !self.is_fresh(seen.redis_answered) {
            Some(seen.redis_said.clone().unwrap_or_else(|| "Redis does not answer".into()))
        } else if !self.is_fresh(seen.tail_moved) {
            Some("the result tail is not moving".into())
        } else {
            None
        }
    }

    fn is_fresh(&self, sign: Option<Instant>) -> bool {
        sign.is_some_and(|at| at.elapsed() < self.fresh)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the jobs that wait, taken before the job is there, so that many POSTs at once can't all have the
/// last one. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Place<'a>(&'a AtomicU64);

impl Place<'_> {
    /// The job is there.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // The count may have been taken anew meanwhile. It is never refused.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| Some(waiting.saturating_sub(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back_unless_it_is_kept() {
        let condition = Condition::default();
        let first = condition.place(2).expect("nobody waits");
        let second = condition.place(2).expect("one waits");
        assert!(condition.place(2).is_none());
        drop(first);
        second.keep();
        condition.place(2).expect("one was given back").keep();
        assert!(condition.place(2).is_none());
    }
}
