//! The answers that a worker keeps until their search ends, while there is memory for them. The record has all of them.

use std::sync::Arc;

use contracts::{Offer, outcome::Answer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much the answers of all searches in progress may take, in KiB: those of some 300 searches with 30 offers each. The
/// answers to further searches are read from their records, which costs a round trip each.
const MAX_KIB: usize = 32 * 1024;

/// The memory for the answers to all searches in progress.
#[derive(Clone, Debug)]
pub(super) struct AnswerMemory(Arc<Semaphore>);

impl Default for AnswerMemory {
    fn default() -> Self {
        Self::new(MAX_KIB)
    }
}

impl AnswerMemory {
    fn new(kib: usize) -> Self {
        Self(Arc::new(Semaphore::new(kib)))
    }

    /// Nothing kept yet.
    pub(super) fn empty(&self) -> KeptAnswers {
        KeptAnswers { answers: Vec::new(), reserved: None, memory: self.clone() }
    }
}

/// The answers to one search.
#[derive(Debug)]
pub(super) struct KeptAnswers {
    answers: Vec<Answer>,
    reserved: Option<OwnedSemaphorePermit>,
    memory: AnswerMemory,
}

impl KeptAnswers {
    /// Keeps an answer too. `None` if there is no memory for it: all are dropped then, since a search that must read its
    /// record needs none of them.
    pub(super) fn with(mut self, answer: Answer) -> Option<Self> {
        // About what it takes in memory.
        let one_ways = answer.one_ways.iter().flat_map(|ways| ways.there.iter().chain(&ways.back));
        let bytes: usize = answer.offers.iter().chain(one_ways).map(Offer::max_json_bytes).sum();
        let kib = u32::try_from(bytes.div_ceil(1024)).ok()?;
        let more = Arc::clone(&self.memory.0).try_acquire_many_owned(kib).ok()?;
        match &mut self.reserved {
            Some(reserved) => reserved.merge(more),
            none => *none = Some(more),
        }
        self.answers.push(answer);
        Some(self)
    }

    /// Takes the answers out. They are no longer counted.
    pub(super) fn take(&mut self) -> Vec<Answer> {
        self.reserved = None;
        std::mem::take(&mut self.answers)
    }
}

#[cfg(test)]
mod tests {
    use contracts::{SupplierReport, SupplierStatus};
    use serde_json::json;

    use super::*;

    fn answer(offers: usize) -> Answer {
        let report = SupplierReport {
            code: "GA".parse().unwrap(),
            name: "Garuda Indonesia".into(),
            status: SupplierStatus::Ok,
            elapsed_ms: 1,
            offers,
            rejected: 0,
            reason: None,
        };
        let offer = json!({"flight_number": "GA402", "price": 1, "currency": "IDR", "carrier": "x".repeat(2000),
            "origin": "CGK", "destination": "DPS", "departure": "2026-12-08T06:05:00+07:00",
            "arrival": "2026-12-08T08:55:00+08:00", "duration_minutes": 110, "stops": 0});
        Answer { report, offers: vec![serde_json::from_value(offer).unwrap(); offers], one_ways: None }
    }

    #[test]
    fn answers_are_kept_while_there_is_memory_and_all_dropped_when_there_is_none() {
        let memory = AnswerMemory::new(64);
        let free = || memory.0.available_permits();
        let first = memory.empty().with(answer(1)).unwrap();
        let taken = 64 - free();
        assert!((1..16).contains(&taken), "{taken} KiB");
        let mut first = first.with(answer(2)).unwrap();

        let second = memory.empty().with(answer(1)).unwrap();
        let before = free();
        assert!(second.with(answer(100)).is_none());
        assert_eq!(free(), before + taken);
        assert_eq!(first.take(), [answer(1), answer(2)]);
        assert_eq!(free(), 64);
        assert!(memory.empty().with(answer(0)).is_some());
    }
}
