use std::{fmt, str::FromStr};

use redis::{ConnectionAddr, IntoConnectionInfo};

/// The address of Redis: `host:port`, or a `redis://`, `rediss://` or `unix://` URL with user, password and database.
#[derive(Clone)]
pub struct RedisAddr(redis::ConnectionInfo);

impl RedisAddr {
    pub(crate) fn info(&self) -> redis::ConnectionInfo {
        self.0.clone()
    }

    /// Replaces the password, if any.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        let settings = self.0.redis_settings().clone().set_password(password);
        Self(self.0.set_redis_settings(settings))
    }
}

/// Not a valid address. The message does not repeat it, because it may contain a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be host:port or a redis:// or rediss:// URL ({0})")]
pub struct InvalidRedisAddr(String);

impl FromStr for RedisAddr {
    type Err = InvalidRedisAddr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = if text.contains("://") {
            text.into_connection_info()
        } else if text.is_empty() {
            return Err(InvalidRedisAddr("it is empty".into()));
        } else {
            format!("redis://{text}").into_connection_info()
        };
        parsed.map(Self).map_err(|error| InvalidRedisAddr(error.to_string()))
    }
}

/// Shows host and port, never the password.
impl fmt::Display for RedisAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.addr() {
            ConnectionAddr::Tcp(host, port) => write!(f, "{host}:{port}"),
            ConnectionAddr::TcpTls { host, port, .. } => write!(f, "rediss://{host}:{port}"),
            other => other.fmt(f),
        }
    }
}

impl fmt::Debug for RedisAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_both_forms_and_never_shows_a_password() {
        for (text, shown) in [
            ("localhost:6379", "localhost:6379"),
            ("redis", "redis:6379"),
            ("redis://user:secret@cache:7000/3", "cache:7000"),
            ("rediss://:secret@cache:7000", "rediss://cache:7000"),
        ] {
            assert_eq!(text.parse::<RedisAddr>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn refuses_an_invalid_address_without_repeating_it() {
        for text in [
            "",
            "http://cache",
            "cache:notaport",
            "redis://:hush/hush@cache:7000",
            "redis://:hush@cache:70000",
        ] {
            let refused = text.parse::<RedisAddr>().expect_err(text).to_string();
            assert!(!refused.contains("hush"), "{refused}");
        }
    }

    #[test]
    fn a_password_replaces_that_of_the_address() {
        let addr: RedisAddr = "redis://user:secret@cache:7000/3".parse().unwrap();
        let info = addr.with_password("another").info();
        let settings = info.redis_settings();
        assert_eq!(
            (settings.username(), settings.password(), settings.db()),
            (Some("user"), Some("another"), 3)
        );
    }
}
