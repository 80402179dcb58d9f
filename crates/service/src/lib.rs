//! Shared by both services: settings, logs, startup and shutdown, and checks of Redis.
//!
//! Each service's library has a function `run(config, …, shutdown)`. Its `main.rs` reads the settings, starts
//! [`telemetry`], listens for [`Signals`], calls `run` and returns an exit code. A [`Lifecycle`] starts and stops the
//! service's tasks.

mod alerts;
mod build_info;
mod config;
mod instance;
mod lifecycle;
mod log_filter;
mod open_files;
pub mod probe;
mod redis;
mod signal;
pub mod telemetry;
mod traces;

/// With glibc's allocator, a third of the worker's CPU time is spent allocating: see docs/benchmarks.md.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

pub use self::traces::traces;
pub use ::traces::InvalidTraceSetting;
pub use alerts::{Alert, AlertLog};
pub use build_info::{VERSION, metrics_registry};
pub use config::{CommonConfig, InvalidMillis, InvalidRedisConfig, RedisConfig, parse_millis};
pub use instance::instance_name;
pub use lifecycle::{Lifecycle, UncleanShutdown};
pub use log_filter::{InvalidFilter, LogFilter};
pub use open_files::{open_files, raise_open_files};
pub use redis::{check_redis, redis_errors, redis_warnings, wait_until_usable, watch_redis};
pub use signal::Signals;
