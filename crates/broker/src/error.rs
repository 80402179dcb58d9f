mod not_durable;

use redis::{ErrorKind, RedisError, ServerError};

pub use not_durable::NotDurable;

/// Why a request to Redis failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BrokerError {
    /// Redis is down, too slow, or temporarily unable to serve requests. Retry later.
    #[error("Redis is not available: {0}")]
    Unavailable(#[source] RedisError),
    /// Redis did not answer within the caller's timeout.
    #[error("Redis does not answer")]
    TimedOut,
    /// Redis did not confirm in time that a search is as durable as configured. It may still run.
    #[error("Redis does not confirm that it keeps the search")]
    Unconfirmed,
    /// With its current settings, Redis can't make searches as durable as configured.
    #[error(transparent)]
    NotDurable(#[from] NotDurable),
    /// Redis' access rules forbid the command. Retry once they are changed.
    #[error("Redis forbids it: {0}")]
    Forbidden(#[source] RedisError),
    /// The server is a replica: its data may be stale, and it takes no writes. A new connection may lead to the
    /// primary.
    #[error("Redis is a replica, not the primary")]
    NotPrimary,
    /// Redis has reached `maxmemory` and evicts nothing. Retry once there is room.
    #[error("Redis is out of memory: {0}")]
    Full(#[source] RedisError),
    /// The stream or its consumer group does not exist.
    #[error("the consumer group is gone: {0}")]
    NoGroup(#[source] RedisError),
    /// Redis would refuse a retry too, or sent an unexpected reply.
    #[error("Redis refused: {0}")]
    Refused(#[source] RedisError),
}

impl BrokerError {
    /// Whether a retry may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// The error code in Redis' reply, such as `READONLY`.
    #[must_use]
    pub fn refusal_code(&self) -> Option<String> {
        match self {
            Self::Unavailable(error) | Self::Forbidden(error) | Self::Full(error) => {
                Some(refusal(error)?.code().to_owned())
            }
            _ => None,
        }
    }
}

impl From<RedisError> for BrokerError {
    fn from(error: RedisError) -> Self {
        match refusal(&error) {
            Some(refusal) => match refusal.code() {
                "OOM" => Self::Full(error),
                "NOGROUP" | "UNBLOCKED" => Self::NoGroup(error),
                _ if is_forbidden(&refusal) => Self::Forbidden(error),
                _ if is_permanent(&refusal) => Self::Refused(error),
                _ => Self::Unavailable(error),
            },
            None => match error.kind() {
                ErrorKind::Parse
                | ErrorKind::UnexpectedReturnType
                | ErrorKind::InvalidClientConfig
                | ErrorKind::Client => Self::Refused(error),
                _ => Self::Unavailable(error),
            },
        }
    }
}

/// Whether the error is about the request, so that a retry would fail too.
///
/// Unknown errors count as transient: retrying in vain is better than giving up a search. Redis recovers from being
/// unable to save (`MISCONF`), lacking replicas (`NOREPLICAS`), running a script (`BUSY`) or being a replica
/// (`READONLY`).
fn is_permanent(refusal: &ServerError) -> bool {
    match refusal.code() {
        // The code of many errors. One is transient.
        "ERR" => !refusal.details().is_some_and(|details| details.starts_with("max number of clients")),
        code => matches!(code, "WRONGTYPE" | "NOSCRIPT" | "CROSSSLOT" | "MOVED" | "NOPROTO"),
    }
}

/// Whether access rules forbid the command. For a command of a script, the error has no code of its own.
pub(crate) fn is_forbidden(refusal: &ServerError) -> bool {
    refusal.code() == "NOPERM"
        || refusal.details().is_some_and(|details| details.starts_with("The user executing the script can't"))
}

/// Whether the server is not, or no longer, a primary that takes writes.
pub(crate) fn is_demotion(refusal: &ServerError) -> bool {
    matches!(refusal.code(), "READONLY" | "MASTERDOWN" | "LOADING" | "UNBLOCKED")
}

/// The server's error, also if it is for one command of a pipeline or transaction.
pub(crate) fn refusal(error: &RedisError) -> Option<ServerError> {
    Some(error.clone().into_server_errors()?.first()?.1.clone())
}

impl From<redis::ParsingError> for BrokerError {
    fn from(error: redis::ParsingError) -> Self {
        Self::Refused(error.into())
    }
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;

    /// The error for this reply.
    fn refused(reply: &str) -> BrokerError {
        let value = redis::parse_redis_value(format!("-{reply}\r\n").as_bytes()).unwrap();
        value.extract_error().unwrap_err().into()
    }

    #[test]
    fn errors_of_the_server_are_transient() {
        for reply in [
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
            "NOREPLICAS Not enough good replicas to write.",
            "BUSY Redis is busy running a script.",
            "LOADING Redis is loading the dataset in memory",
            "READONLY You can't write against a read only replica.",
            "MASTERDOWN Link with MASTER is down",
            "CLUSTERDOWN The cluster is down",
            "TRYAGAIN Multiple keys request during rehashing of slot",
            "NOAUTH Authentication required.",
            "EXECABORT Transaction discarded because of previous errors.",
            "ERR max number of clients reached",
            "SOMETHINGNEW",
        ] {
            assert!(matches!(refused(reply), BrokerError::Unavailable(_)), "{reply}");
        }
        for reply in [
            "NOPERM this user has no permissions to run the 'xadd' command",
            "ERR The user executing the script can't run this command or subcommand script: 4dc0, on @user_script:1.",
        ] {
            assert!(matches!(refused(reply), BrokerError::Forbidden(_)), "{reply}");
        }
        assert!(matches!(refused("OOM command not allowed"), BrokerError::Full(_)));
        assert!(matches!(refused("NOGROUP No such key"), BrokerError::NoGroup(_)));
    }

    #[test]
    fn errors_of_the_request_are_permanent() {
        for reply in [
            "ERR unknown command 'XNOPE'",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
        ] {
            assert!(!refused(reply).is_transient(), "{reply}");
        }
        let unreadable = redis::from_redis_value::<u64>(Value::SimpleString("x".into())).unwrap_err();
        assert!(!BrokerError::from(unreadable.clone()).is_transient());
        assert!(!BrokerError::from(RedisError::from(unreadable)).is_transient());
    }
}
