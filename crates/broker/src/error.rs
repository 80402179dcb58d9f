use redis::{ErrorKind, RedisError, ServerError};

use crate::Unfit;

/// Why Redis did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BrokerError {
    /// It is not there, does not answer in time, or can't do its work for now. Trying again later helps.
    #[error("Redis is not available: {0}")]
    Unavailable(#[source] RedisError),
    /// It did not answer within the caller's patience.
    #[error("Redis does not answer")]
    TimedOut,
    /// It has taken a search, and did not say in time that it keeps it as safely as is asked for.
    #[error("Redis does not confirm that it keeps the search")]
    Unconfirmed,
    /// It can't keep a search as safely as is asked for. Trying again helps when it is set up otherwise.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It has reached `maxmemory` and evicts nothing. Trying again helps when there is room.
    #[error("Redis is out of memory: {0}")]
    Full(#[source] RedisError),
    /// The stream or its consumer group is gone.
    #[error("the consumer group is gone: {0}")]
    NoGroup(#[source] RedisError),
    /// It would refuse the same again, or answered what can't be understood.
    #[error("Redis refused: {0}")]
    Refused(#[source] RedisError),
}

impl BrokerError {
    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

impl From<RedisError> for BrokerError {
    fn from(error: RedisError) -> Self {
        match refusal(&error) {
            Some(refusal) => match refusal.code() {
                "OOM" => Self::Full(error),
                "NOGROUP" | "UNBLOCKED" => Self::NoGroup(error),
                _ if is_lasting(&refusal) => Self::Refused(error),
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

/// Whether the server would refuse the same again: for what was asked, not for how the server is. What is not known
/// here counts as passing, because a search is rather kept for nothing than given up for nothing: a Redis that can't
/// save (`MISCONF`), lacks replicas (`NOREPLICAS`), runs a script (`BUSY`) or has become one (`READONLY`) gets over it.
fn is_lasting(refusal: &ServerError) -> bool {
    match refusal.code() {
        // Of the many things that have no code of their own, one passes.
        "ERR" => !refusal.details().is_some_and(|details| details.starts_with("max number of clients")),
        code => matches!(code, "WRONGTYPE" | "NOPERM" | "NOSCRIPT" | "CROSSSLOT" | "MOVED" | "NOPROTO"),
    }
}

/// With what the server refused, be it one command of a pipeline or of a transaction.
fn refusal(error: &RedisError) -> Option<ServerError> {
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

    /// What becomes of a reply that refuses, as it comes over the wire.
    fn refused(reply: &str) -> BrokerError {
        let value = redis::parse_redis_value(format!("-{reply}\r\n").as_bytes()).unwrap();
        value.extract_error().unwrap_err().into()
    }

    #[test]
    fn what_lies_with_the_server_passes() {
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
        assert!(matches!(refused("OOM command not allowed"), BrokerError::Full(_)));
        assert!(matches!(refused("NOGROUP No such key"), BrokerError::NoGroup(_)));
    }

    #[test]
    fn what_lies_with_the_request_stays() {
        for reply in [
            "ERR unknown command 'XNOPE'",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
            "NOPERM this user has no permissions",
        ] {
            assert!(!refused(reply).is_passing(), "{reply}");
        }
        let unreadable = redis::from_redis_value::<u64>(Value::SimpleString("x".into())).unwrap_err();
        assert!(!BrokerError::from(unreadable.clone()).is_passing());
        assert!(!BrokerError::from(RedisError::from(unreadable)).is_passing());
    }
}
