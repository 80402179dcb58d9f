//! The health of Redis and the workers: jobs, settings, permissions, live workers.

mod ages;
mod checkup;
mod encoding;
mod job_counts;
mod permissions;
mod presence;
mod server;
mod suppliers;
mod workers;

pub use checkup::{Checkup, Memory, Setup};
pub use job_counts::JobCounts;
pub use permissions::Component;
pub use presence::MAX_SNAPSHOT;
pub use workers::{WORKER_TIMEOUT, Workers};
