use redis::{RedisResult, Value, aio::ConnectionLike};

use crate::{
    BrokerError,
    error::{is_forbidden, refusal},
};

/// Makes sure that the other end is the primary. A replica takes reads as happily as the primary, so a connection that
/// only reads would never notice that it is left behind.
pub(crate) async fn must_be_primary(connection: &mut impl ConnectionLike) -> Result<(), BrokerError> {
    let role = redis::cmd("ROLE").query_async(connection).await;
    check_role(role)
}

/// Makes sure that this answer to ROLE is the primary's.
pub(crate) fn check_role(role: RedisResult<Vec<Value>>) -> Result<(), BrokerError> {
    let role = match role {
        // Who may not ask can only hope.
        Err(error) if refusal(&error).as_ref().is_some_and(is_forbidden) => return Ok(()),
        role => role?,
    };
    match role.into_iter().next() {
        Some(Value::BulkString(role)) if role != b"master" => Err(BrokerError::NotPrimary),
        _ => Ok(()),
    }
}
