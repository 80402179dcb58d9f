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
    /// Where Redis is: host:port, or a redis:// or rediss:// URL with user, password and database.
    #[arg(long, env = "REDIS_ADDR", default_value = "localhost:6379", hide_env_values = true, value_parser = AddrParser)]
    pub redis_addr: RedisAddr,

    /// A file with the password for Redis, which takes the place of one in the address. Read once, at the start; a
    /// line break at its end is no part of it.
    #[arg(long, env = "REDIS_PASSWORD_FILE", value_name = "FILE")]
    pub redis_password_file: Option<PathBuf>,

    /// Milliseconds that a request to Redis may take, 50 to 60000: some times what one takes there and back.
    #[arg(long, env = "REDIS_TIMEOUT_MS", default_value = "1000", value_parser = parse_timeout, value_name = "MS")]
    pub redis_timeout_ms: Duration,
}

/// Why there can be no connection with these settings.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRedisConfig {
    /// The password's file can't be read.
    #[error("REDIS_PASSWORD_FILE {path} can't be read: {source}")]
    Unreadable {
        /// Its path.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The password's file is empty.
    #[error("REDIS_PASSWORD_FILE {0} is empty")]
    Empty(String),
    /// The address makes no sense.
    #[error(transparent)]
    Address(#[from] BrokerError),
}

impl RedisConfig {
    /// Prepares the connection. Must be called inside a Tokio runtime.
    pub fn broker(&self, retention: Retention) -> Result<Broker, InvalidRedisConfig> {
        Ok(Broker::new(&self.addr()?, retention, self.redis_timeout_ms)?)
    }

    /// The address, with the password of the file if there is one.
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

/// Reads the address. What clap itself says of a value that is refused repeats it, and with it a password.
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

/// A text that is no such number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of milliseconds from 50 to 60000 (a minute)")]
struct InvalidTimeout;

fn parse_timeout(text: &str) -> Result<Duration, InvalidTimeout> {
    match text.parse() {
        Ok(millis @ 50..=60_000) => Ok(Duration::from_millis(millis)),
        _ => Err(InvalidTimeout),
    }
}
