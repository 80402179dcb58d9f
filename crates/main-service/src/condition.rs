use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use broker::Vitals;
use contracts::{SupplierCode, SupplierListing};
use tokio::time::Instant;

/// How old a sign of life may be. The tail gives one every second, the watch ten.
const FRESH: Duration = Duration::from_secs(3);

/// How the gateway is: what its tasks have seen of late, for whoever has to decide without asking Redis.
#[derive(Debug, Default)]
pub(crate) struct Condition {
    seen: Mutex<Seen>,
    /// A feed could not be loaded: the tail has to load them all when Redis is back.
    unloaded: AtomicBool,
    /// Jobs that wait for a worker, about: the last count, and what was submitted here since.
    waiting: AtomicU64,
}

#[derive(Debug, Default)]
struct Seen {
    redis_answered: Option<Instant>,
    tail_moved: Option<Instant>,
    suppliers: Vec<SupplierListing>,
}

impl Condition {
    /// Redis answered with these vitals.
    pub(crate) fn redis_answered(&self, vitals: Vitals) {
        self.waiting.store(vitals.waiting, Ordering::Relaxed);
        self.seen().redis_answered = Some(Instant::now());
    }

    /// Redis did not answer.
    pub(crate) fn redis_failed(&self) {
        self.seen().redis_answered = None;
    }

    /// Whether Redis has answered of late.
    pub(crate) fn redis_answers(&self) -> bool {
        is_fresh(self.seen().redis_answered)
    }

    /// The tail of the result log has read what there was.
    pub(crate) fn tail_moved(&self) {
        self.seen().tail_moved = Some(Instant::now());
    }

    /// The tail has lost its connection.
    pub(crate) fn tail_stopped(&self) {
        self.seen().tail_moved = None;
    }

    /// A feed could not be loaded for want of Redis.
    pub(crate) fn feeds_wait(&self) {
        self.unloaded.store(true, Ordering::Release);
    }

    /// Whether a feed could not be loaded since this was last asked.
    pub(crate) fn take_feeds_wait(&self) -> bool {
        self.unloaded.swap(false, Ordering::AcqRel)
    }

    /// A place for a search that is about to be submitted; none if so many wait already.
    pub(crate) fn place(&self, most: u64) -> Option<Place<'_>> {
        let one_more = |waiting| (waiting < most).then_some(waiting + 1);
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

    /// What keeps the gateway from being of use, if anything does.
    pub(crate) fn trouble(&self) -> Option<&'static str> {
        let seen = self.seen();
        if !is_fresh(seen.redis_answered) {
            Some("Redis does not answer")
        } else if !is_fresh(seen.tail_moved) {
            Some("the result tail is not moving")
        } else {
            None
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_fresh(sign: Option<Instant>) -> bool {
    sign.is_some_and(|at| at.elapsed() < FRESH)
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
