use std::fmt::Write;

use contracts::operators::{SupplierList, WorkerList};

use super::super::grid::grid;
use crate::text::{age, count};

pub(in crate::ops) fn workers(list: &WorkerList) -> String {
    if list.workers.is_empty() {
        return "No workers.\n".into();
    }
    let rows = list.workers.iter().map(|worker| {
        let snapshot = worker.snapshot.as_ref();
        [
            worker.name.clone(),
            if worker.is_alive { "alive".into() } else { format!("silent for {}", age(worker.idle_ms)) },
            snapshot.map(|snapshot| snapshot.version.clone()).unwrap_or_default(),
            worker.in_progress.to_string(),
            snapshot.map(|snapshot| snapshot.max_jobs.to_string()).unwrap_or_default(),
        ]
    });
    let mut text = grid(["Worker", "State", "Version", ">Jobs", ">Limit"], rows);
    let jobs: Vec<_> = list
        .workers
        .iter()
        .flat_map(|worker| worker.jobs.iter().map(move |job| (worker, job)))
        .map(|(worker, job)| {
            [
                worker.name.clone(),
                job.search_id.map(|id| id.to_string()).unwrap_or_default(),
                job.entry.clone(),
                job.deliveries.to_string(),
                job.for_ms.map(age).unwrap_or_default(),
                age(job.age_ms),
            ]
        })
        .collect();
    if !jobs.is_empty() {
        text.push('\n');
        text.push_str(&grid(["Worker", "Search", "Job", ">Delivery", ">Held for", ">Age"], jobs));
    }
    if list.more > 0 {
        let _ =
            writeln!(text, "\n{} more.", count(usize::try_from(list.more).unwrap_or(usize::MAX), "worker"));
    }
    text
}

pub(in crate::ops) fn suppliers(list: &SupplierList) -> String {
    if list.suppliers.is_empty() {
        return "No worker has reported its suppliers.\n".into();
    }
    let rows = list.suppliers.iter().flat_map(|supplier| {
        supplier.workers.iter().map(|at| {
            let one = &at.supplier;
            let error = one.last_error.as_ref();
            [
                supplier.code.clone(),
                one.breaker.replace('_', "-"),
                one.in_flight.to_string(),
                format!("{}/min", one.calls_last_minute),
                format!("{}/min", one.failures_last_minute),
                one.calls.to_string(),
                one.failures.to_string(),
                at.worker.clone(),
                error.map(|error| format!("{} {}", error.at.to_rfc3339(), error.cause)).unwrap_or_default(),
            ]
        })
    });
    let header = [
        "Supplier",
        "Breaker",
        ">In flight",
        ">Calls",
        ">Failed",
        ">All calls",
        ">All failed",
        "Worker",
        "Last error",
    ];
    grid(header, rows)
}
