use std::time::Duration;

use broker::{RedisAddr, Retention};
use clap::Args;

use crate::telemetry::LogFormat;

/// Settings of both services. Each is a flag and an environment variable, and has a default that works.
#[derive(Args, Clone, Debug)]
pub struct CommonConfig {
    /// Where Redis is: host:port, or a redis:// or rediss:// URL with user, password and database.
    #[arg(long, env = "REDIS_ADDR", default_value = "localhost:6379")]
    pub redis_addr: RedisAddr,

    /// Milliseconds after which a search is ended with what has come by then.
    #[arg(long, env = "SEARCH_DEADLINE_MS", default_value = "60000", value_parser = parse_millis, value_name = "MS")]
    pub search_deadline_ms: Duration,

    /// Seconds for which a search can be read after its end; never less than until 10 s after its deadline.
    #[arg(long, env = "RECORD_TTL_SECS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=31_536_000), value_name = "SECONDS")]
    pub record_ttl_secs: u64,

    /// How many offers a result holds at most; the total is told beside it.
    #[arg(long, env = "MAX_RESULTS", default_value_t = 200, value_name = "N")]
    pub max_results: usize,

    /// Milliseconds for work in hand after SIGTERM or SIGINT.
    #[arg(long, env = "SHUTDOWN_GRACE_MS", default_value = "10000", value_parser = parse_millis, value_name = "MS")]
    pub shutdown_grace_ms: Duration,

    /// What is logged, as tracing's filter directives.
    #[arg(long, env = "RUST_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// How it is logged.
    #[arg(long, env = "LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl CommonConfig {
    /// How long things are kept in Redis. News outlives every search that could still wait for it.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention { record: Duration::from_secs(self.record_ttl_secs), news: self.search_deadline_ms * 2 }
    }
}

/// A text that is no number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of milliseconds from 1 to 86400000 (a day)")]
pub struct InvalidMillis;

/// Reads a number of milliseconds, from 1 to a day.
pub fn parse_millis(text: &str) -> Result<Duration, InvalidMillis> {
    match text.parse() {
        Ok(millis @ 1..=86_400_000) => Ok(Duration::from_millis(millis)),
        _ => Err(InvalidMillis),
    }
}
