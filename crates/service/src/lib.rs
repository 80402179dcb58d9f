//! What both services have in common: settings, logs, starting and stopping, watching over Redis.
//!
//! A service is a function `run(config, …, shutdown)` in its library; its `main.rs` reads top to bottom: settings,
//! [`telemetry`], [`Signals`], run, exit code. Inside, [`Lifecycle`] holds its tasks together.

mod config;
mod lifecycle;
mod notices;
mod open_files;
mod redis;
mod signal;
pub mod telemetry;

/// A third of the worker's CPU time went to glibc's allocator; docs/benchmarks.md has the figures of both.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

pub use config::{CommonConfig, InvalidMillis, InvalidRedisConfig, RedisConfig, parse_millis};
pub use lifecycle::{Lifecycle, Unclean};
pub use notices::{Notice, Notices};
pub use open_files::{open_files, raise_open_files};
pub use redis::{failings, oddities, refuse_unfit_redis, wait_for_permission, watch_redis};
pub use signal::Signals;
