//! The worker.

pub mod suppliers;
