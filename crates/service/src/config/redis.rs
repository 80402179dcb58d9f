use std::{ffi::OsStr, path::PathBuf, time::Duration};

use broker::{Broker, BrokerError, RedisAddr, Retention};
use clap::{
    Arg, Args, Command,
    builder::{StringValueParser, TypedValueParser},
    error::ErrorKind,
};

/// Settings of the connection to Redis.
#[derive(Args, Clone, Debug)]
pub struct RedisConfig {
    /// The address of Redis: host:port, or a redis:// or rediss:// URL with user, password and database.
    #[arg(long, env = "REDIS_ADDR", default_value = "localhost:6379", hide_env_values = true, value_parser = AddrParser)]
    pub redis_addr: RedisAddr,

    /// A file with the Redis password, read at startup; overrides a password in the address. Trailing line breaks are
    /// ignored.
    #[arg(long, env = "REDIS_PASSWORD_FILE", value_name = "FILE")]
    pub redis_password_file: Option<PathBuf>,

    /// Timeout of a request to Redis in milliseconds, 50 to 60000; use several times the round trip.
    #[arg(long, env = "REDIS_TIMEOUT_MS", default_value = "1000", value_parser = parse_timeout, value_name = "MS")]
    pub redis_timeout_ms: Duration,
}

/// A setting for Redis is invalid.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRedisConfig {
    /// The password file can't be read.
    #[error("REDIS_PASSWORD_FILE {path} can't be read: {source}")]
    Unreadable {
        /// Path of the file.
        path: String,
        /// Why it can't be read.
        source: std::io::Error,
    },
    /// The password file is empty.
    #[error("REDIS_PASSWORD_FILE {0} is empty")]
    Empty(String),
    /// The address is invalid.
    #[error(transparent)]
    Address(#[from] BrokerError),
}

impl RedisConfig {
    /// Creates the connection, without opening it yet. Must be called inside a Tokio runtime.
    pub fn broker(&self, retention: Retention) -> Result<Broker, InvalidRedisConfig> {
        Ok(Broker::new(&self.addr()?, retention, self.redis_timeout_ms)?)
    }

    /// The address, with the password from the file if there is one.
    fn addr(&self) -> Result<RedisAddr, InvalidRedisConfig> {
        let Some(file) = &self.redis_password_file else { return Ok(self.redis_addr.clone()) };
        let path = file.display().to_string();
        let password = std::fs::read_to_string(file)
            .map_err(|source| InvalidRedisConfig::Unreadable { path: path.clone(), source })?;
        match password.trim_end_matches(['\r', '\n']) {
            "" => Err(InvalidRedisConfig::Empty(path)),
            password => Ok(self.redis_addr.clone().with_password(password)),
        }
    }
}

/// Parses the address. Clap's own error would repeat it, password included.
#[derive(Clone)]
struct AddrParser;

impl TypedValueParser for AddrParser {
    type Value = RedisAddr;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<RedisAddr, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        text.parse().map_err(|error| {
            let message = format!("REDIS_ADDR (--redis-addr) {error}");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

/// Not a valid timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of milliseconds from 50 to 60000 (a minute)")]
struct InvalidTimeout;

fn parse_timeout(text: &str) -> Result<Duration, InvalidTimeout> {
    match text.parse() {
        Ok(millis @ 50..=60_000) => Ok(Duration::from_millis(millis)),
        _ => Err(InvalidTimeout),
    }
}
