use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why Redis did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// It is not there, does not answer in time, or is still loading. Trying again later helps.
    #[error("Redis is not available: {0}")]
    Unavailable(#[source] RedisError),
    /// It did not answer within the caller's patience.
    #[error("Redis does not answer")]
    TimedOut,
    /// It has reached `maxmemory` and evicts nothing. Trying again helps when there is room.
    #[error("Redis is out of memory: {0}")]
    Full(#[source] RedisError),
    /// The stream or its consumer group is gone.
    #[error("the consumer group is gone: {0}")]
    NoGroup(#[source] RedisError),
    /// It refused for another reason, or answered what can't be understood.
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
        match server_code(&error).as_deref() {
            Some("OOM") => return Self::Full(error),
            Some("NOGROUP" | "UNBLOCKED") => return Self::NoGroup(error),
            _ => {}
        }
        match error.kind() {
            ErrorKind::Io
            | ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly,
            ) => Self::Unavailable(error),
            _ if error.is_timeout() || error.is_connection_dropped() || error.is_unrecoverable_error() => {
                Self::Unavailable(error)
            }
            _ => Self::Refused(error),
        }
    }
}

/// The code with which the server refused, be it one command of a pipeline.
fn server_code(error: &RedisError) -> Option<String> {
    let of_pipeline = || Some(error.clone().into_server_errors()?.first()?.1.code().to_owned());
    error.code().map(ToOwned::to_owned).or_else(of_pipeline)
}

impl From<redis::ParsingError> for BrokerError {
    fn from(error: redis::ParsingError) -> Self {
        Self::Refused(error.into())
    }
}
