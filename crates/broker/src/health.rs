//! What Redis and the workers are like: the backlog, settings, permissions, who is alive.

mod backlog;
mod checkup;
mod permissions;
mod suppliers;
mod workers;

pub use backlog::Backlog;
pub use checkup::{Checkup, Memory, Setup};
pub use permissions::Part;
pub use workers::Workers;
