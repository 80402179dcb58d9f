//! A worker's status report to operators, every few seconds.

use std::{collections::VecDeque, time::Duration};

use broker::MAX_SNAPSHOT;
use contracts::{
    EpochMillis,
    operators::{JobSnapshot, LastError, SupplierSnapshot, WorkerSnapshot},
};
use suppliers::{Registry, SupplierHealth};
use tokio::time::Instant;

use super::in_progress::JobsInProgress;

/// The period of the rates.
const MINUTE: Duration = Duration::from_mins(1);
/// How many jobs are listed.
const MAX_JOBS: usize = 10;

/// Makes status reports. Remembers the calls of the last minute.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    /// Calls and failures of each supplier up to some time, oldest first.
    counts: VecDeque<(Instant, Vec<(u64, u64)>)>,
}

impl Snapshots {
    /// The worker now, in JSON that is short enough to publish.
    pub(super) fn take(
        &mut self,
        suppliers: &Registry,
        jobs: &JobsInProgress,
        max_jobs: u32,
        now: EpochMillis,
    ) -> String {
        let suppliers = self.suppliers(suppliers.health(), now);
        let jobs = jobs.oldest(MAX_JOBS).into_iter();
        let jobs = jobs.map(|(entry, held)| JobSnapshot { entry: entry.to_string(), for_ms: millis(held) });
        let version = service::VERSION.to_owned();
        encode(WorkerSnapshot {
            version,
            at: now,
            max_jobs,
            jobs: jobs.collect(),
            suppliers,
            suppliers_left_out: 0,
        })
    }

    fn suppliers(&mut self, health: Vec<SupplierHealth>, now: EpochMillis) -> Vec<SupplierSnapshot> {
        let counts: Vec<_> = health.iter().map(|supplier| (supplier.calls, supplier.failures)).collect();
        while self.counts.get(1).is_some_and(|(at, _)| at.elapsed() >= MINUTE) {
            self.counts.pop_front();
        }
        // A worker that has just started had no calls before.
        let none = || (Instant::now(), vec![(0, 0); counts.len()]);
        if self.counts.is_empty() {
            self.counts.push_back(none());
        }
        let before = self.counts.front().map_or_else(Vec::new, |(_, counts)| counts.clone());
        self.counts.push_back((Instant::now(), counts));
        health.into_iter().zip(before).map(|(supplier, before)| snapshot(supplier, before, now)).collect()
    }
}

fn snapshot(supplier: SupplierHealth, before: (u64, u64), now: EpochMillis) -> SupplierSnapshot {
    let SupplierHealth { code, name, breaker, in_flight, calls, failures, last_error } = supplier;
    let last_error = last_error
        .map(|(ago, cause)| LastError { at: EpochMillis(now.0.saturating_sub(millis(ago))), cause });
    SupplierSnapshot {
        code,
        name,
        breaker: breaker.to_owned(),
        in_flight,
        calls,
        failures,
        calls_last_minute: calls.saturating_sub(before.0),
        failures_last_minute: failures.saturating_sub(before.1),
        last_error,
    }
}

/// Leaves out the last suppliers until the rest is short enough.
fn encode(mut snapshot: WorkerSnapshot) -> String {
    loop {
        // Encoding can't fail: it is plain data.
        let json = serde_json::to_string(&snapshot).unwrap_or_default();
        let kept = snapshot.suppliers.len();
        if json.len() <= MAX_SNAPSHOT || kept == 0 {
            return json;
        }
        let keep = (kept * MAX_SNAPSHOT / json.len()).min(kept - 1);
        snapshot.suppliers_left_out += kept - keep;
        snapshot.suppliers.truncate(keep);
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(calls: u64, failures: u64) -> SupplierHealth {
        SupplierHealth {
            code: "GA".into(),
            name: "Garuda Indonesia".into(),
            breaker: "closed",
            in_flight: 0,
            calls,
            failures,
            last_error: Some((Duration::from_secs(3), "x".repeat(300))),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn rates_are_those_of_the_last_minute() {
        let mut snapshots = Snapshots::default();
        let now = EpochMillis(100_000);
        let mut rates = Vec::new();
        for calls in [5_u64, 10, 20, 20] {
            let snapshot = snapshots.suppliers(vec![health(calls, calls / 5)], now).remove(0);
            assert_eq!(snapshot.last_error.unwrap().at, EpochMillis(97_000));
            rates.push((snapshot.calls_last_minute, snapshot.failures_last_minute));
            tokio::time::advance(Duration::from_secs(40)).await;
        }
        // The third counts from the first snapshot on, the last from the second.
        assert_eq!(rates, [(5, 1), (10, 2), (15, 3), (10, 2)]);
    }

    #[test]
    fn a_snapshot_of_many_suppliers_is_cut() {
        let mut snapshots = Snapshots::default();
        let suppliers = snapshots.suppliers(vec![health(1, 1); 1000], EpochMillis(0));
        let snapshot = WorkerSnapshot {
            version: "1".into(),
            at: EpochMillis(0),
            max_jobs: 1,
            jobs: Vec::new(),
            suppliers,
            suppliers_left_out: 0,
        };
        let json = encode(snapshot);
        assert!(json.len() <= MAX_SNAPSHOT);
        let read: WorkerSnapshot = serde_json::from_str(&json).unwrap();
        assert!(read.suppliers.len() > 50);
        assert_eq!(read.suppliers.len() + read.suppliers_left_out, 1000);
    }
}
