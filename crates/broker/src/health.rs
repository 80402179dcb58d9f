//! The health of Redis and the workers: backlog, settings, permissions, live workers.

mod backlog;
mod checkup;
mod permissions;
mod suppliers;
mod workers;

pub use backlog::Backlog;
pub use checkup::{Checkup, Memory, Setup};
pub use permissions::Component;
pub use workers::{WORKER_TIMEOUT, Workers};
