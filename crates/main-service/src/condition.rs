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
    /// Jobs that wait for a worker: the last count, and what was submitted here since.
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

    /// A search was submitted here.
    pub(crate) fn submitted(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// About how many jobs wait for a worker.
    pub(crate) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
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
        let fresh = |at: Option<Instant>| at.is_some_and(|at| at.elapsed() < FRESH);
        if !fresh(seen.redis_answered) {
            Some("Redis does not answer")
        } else if !fresh(seen.tail_moved) {
            Some("the result tail is not moving")
        } else {
            None
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
