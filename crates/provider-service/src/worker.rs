//! Takes jobs from the queue and processes them concurrently.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`consume`] | the main loop: takes permits, reads as many jobs, starts a task for each |
//! | [`process`] | processes one job, and decides what happens to it in the queue |
//! | [`active_job`] | a job in progress: its claim, its times and its fields |
//! | [`collect`] | asks a search's suppliers and stores their answers |
//! | [`kept`] | the answers kept in memory until their search ends |
//! | [`context`] | what all tasks share |
//! | [`retry`] | retries while Redis is away |
//! | [`spans`] | the spans of a delivery |
//! | [`in_progress`] | the jobs in progress, and how to stop them |
//! | [`declined`] | the jobs that need a newer worker |
//! | [`disposition`] | what becomes of a job's entry |
//! | [`take_over`] | takes over the jobs of dead workers |
//! | [`renew`] | renews the leases of jobs in progress |
//! | [`upkeep`] | trims the result log, removes dead consumers, publishes the suppliers and the status report |
//! | [`snapshot`] | the worker's status report to operators |
//! | [`overdue`] | ends searches past their deadline |
//! | [`cancellations`] | stops jobs of cancelled searches |

mod active_job;
mod cancellations;
mod collect;
mod consume;
mod context;
mod declined;
mod disposition;
pub(crate) mod in_progress;
mod kept;
mod overdue;
mod process;
mod renew;
mod retry;
mod snapshot;
mod spans;
mod take_over;
mod upkeep;

use std::sync::Arc;

use broker::jobs::Consumer;
use service::Lifecycle;

pub(crate) use context::Context;

/// Starts the worker's tasks.
pub(crate) fn start(context: &Arc<Context>, lifecycle: &Lifecycle) {
    let consumer = Consumer::new(&context.leases);
    tracing::info!(consumer = context.leases.name(), redis = %context.config.common.redis.redis_addr,
        suppliers = context.suppliers.listing().len(), "worker starts");
    let stop = lifecycle.stop_token();
    lifecycle.spawn_permanent("consumer", consume::run(Arc::clone(context), consumer, stop.clone()));
    lifecycle.spawn_permanent("leases", renew::run(Arc::clone(context)));
    lifecycle.spawn_permanent("upkeep", upkeep::run(Arc::clone(context)));
    lifecycle.spawn_permanent("overdue searches", overdue::run(Arc::clone(context), stop.clone()));
    lifecycle.spawn_permanent("cancellations", cancellations::run(Arc::clone(context), stop.clone()));
}
