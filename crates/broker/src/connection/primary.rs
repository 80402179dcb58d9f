use redis::{RedisResult, Value, aio::ConnectionLike};

use crate::{
    BrokerError,
    error::{is_forbidden, refusal},
};

/// Fails if the server is a replica. A replica serves reads like the primary, so a connection that only reads would
/// not notice a failover.
pub(crate) async fn must_be_primary(connection: &mut impl ConnectionLike) -> Result<(), BrokerError> {
    let role = redis::cmd("ROLE").query_async(connection).await;
    check_role(role)
}

/// Fails if this reply to ROLE is a replica's.
pub(crate) fn check_role(role: RedisResult<Vec<Value>>) -> Result<(), BrokerError> {
    let role = match role {
        // If ROLE is forbidden, assume the primary.
        Err(error) if refusal(&error).as_ref().is_some_and(is_forbidden) => return Ok(()),
        role => role?,
    };
    match role.into_iter().next() {
        Some(Value::BulkString(role)) if role != b"master" => Err(BrokerError::NotPrimary),
        _ => Ok(()),
    }
}
