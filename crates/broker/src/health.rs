//! The health of Redis and the workers: backlog, settings, permissions, live workers.

mod ages;
mod backlog;
mod checkup;
mod permissions;
mod presence;
mod server;
mod suppliers;
mod workers;

pub use backlog::Backlog;
pub use checkup::{Checkup, Memory, Setup};
pub use permissions::Component;
pub use presence::MAX_SNAPSHOT;
pub use workers::{WORKER_TIMEOUT, Workers};
