mod redis;

use std::time::Duration;

use broker::{Broker, Retention};
use clap::{ArgAction, Args};

pub use redis::{InvalidRedisConfig, RedisConfig};

use crate::{lifecycle::DEFAULT_GRACE_MS, telemetry::LogFormat};

/// Settings of both services. Each is a flag and an environment variable, and has a working default.
#[derive(Args, Clone, Debug)]
pub struct CommonConfig {
    /// The connection to Redis.
    #[command(flatten)]
    pub redis: RedisConfig,

    /// Milliseconds after which a search ends with the answers so far.
    #[arg(long, env = "SEARCH_DEADLINE_MS", default_value = "60000", value_parser = parse_millis, value_name = "MS")]
    pub search_deadline_ms: Duration,

    /// Seconds for which a search can be read after its end; at least until 10 s after its deadline.
    #[arg(long, env = "RECORD_TTL_SECS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=31_536_000), value_name = "SECONDS")]
    pub record_ttl_secs: u64,

    /// Most offers in a result; `total` is the number of all.
    #[arg(long, env = "MAX_RESULTS", default_value_t = 200, value_name = "N")]
    pub max_results: usize,

    /// Whether offers may be stored compressed. Version 0.1 can't read that.
    #[arg(long, env = "COMPRESS_OFFERS", default_value_t = true, action = ArgAction::Set)]
    pub compress_offers: bool,

    /// Milliseconds to finish work after SIGTERM or SIGINT.
    #[arg(long, env = "SHUTDOWN_GRACE_MS", default_value = DEFAULT_GRACE_MS, value_parser = parse_millis, value_name = "MS")]
    pub shutdown_grace_ms: Duration,

    /// The log filter, such as `info,broker=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// The log format.
    #[arg(long, env = "LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl CommonConfig {
    /// Creates the connection to Redis, without opening it yet. Must be called inside a Tokio runtime.
    pub fn broker(&self) -> Result<Broker, InvalidRedisConfig> {
        self.redis.broker(self.retention())
    }

    /// How long work in progress may take to finish at shutdown: four fifths of the grace period. The rest is for
    /// ending what did not finish.
    #[must_use]
    pub fn drain_timeout(&self) -> Duration {
        self.shutdown_grace_ms * 4 / 5
    }

    /// How long Redis keeps data. An entry of the result log outlives the search that it belongs to.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention {
            record: Duration::from_secs(self.record_ttl_secs),
            result_log: self.search_deadline_ms * 2,
        }
    }
}

/// Not a valid number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of milliseconds from 1 to 86400000 (a day)")]
pub struct InvalidMillis;

/// Parses a number of milliseconds, from 1 to a day.
pub fn parse_millis(text: &str) -> Result<Duration, InvalidMillis> {
    match text.parse() {
        Ok(millis @ 1..=86_400_000) => Ok(Duration::from_millis(millis)),
        _ => Err(InvalidMillis),
    }
}
