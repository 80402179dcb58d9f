//! A connection for large requests and replies: records, answers, results.
//!
//! Replies on a connection arrive in order, so on a slow link a reply of megabytes delays all that follow. So large
//! ones have a connection of their own, and the shared connection stays fast for small requests, such as POSTs and
//! lease renewals. The bulk connection carries only 512 KiB at once, so that each request completes well within its
//! timeout. Further requests wait here, before their timeout starts. Those of operators wait in a queue of their own, of
//! which 128 KiB are in flight at once: no search waits behind an operator's. A client stops waiting when the connection
//! receives no more replies: see [`Broker::with_idle_timeout`](crate::Broker::with_idle_timeout).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redis::{RedisResult, Value};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{
    BrokerError,
    connection::{
        primary::check_role,
        shared::{OperationConnection, SharedConnection},
    },
    metrics::Operation,
};

/// How many KiB may be in flight. A larger request is sent alone.
const MAX_KIB: usize = 512;
/// How many KiB of operators' requests may be in flight besides.
const OPERATORS_KIB: usize = CHUNK / 1024;
/// Split larger data into requests of about this many bytes.
pub(crate) const CHUNK: usize = 128 * 1024;

/// The connection and its permits. Clones share both.
#[derive(Clone)]
pub(crate) struct Bulk {
    connection: SharedConnection,
    /// One for each KiB in flight.
    permits: Arc<Semaphore>,
    /// The same for [`Operation::Operators`].
    operators: Arc<Semaphore>,
    last_reply: Arc<Mutex<Instant>>,
}

impl Bulk {
    pub(crate) fn new(connection: SharedConnection) -> Self {
        let last_reply = Arc::new(Mutex::new(Instant::now()));
        let permits = |kib| Arc::new(Semaphore::new(kib));
        Self { connection, permits: permits(MAX_KIB), operators: permits(OPERATORS_KIB), last_reply }
    }

    /// Waits for `request`, which uses this connection, until no request has received a reply for `idle_timeout`.
    /// While others receive replies, its turn will come.
    pub(crate) async fn with_idle_timeout<T>(
        &self,
        idle_timeout: Duration,
        request: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        let started = Instant::now();
        let mut request = std::pin::pin!(request);
        loop {
            let until = self.last_reply().max(started) + idle_timeout;
            match timeout_at(until, &mut request).await {
                Ok(result) => return result,
                Err(_) if self.last_reply() + idle_timeout > until => {}
                Err(_) => {
                    // The request is dropped before its own timeout, so count it here.
                    self.connection.timed_out();
                    return Err(BrokerError::TimedOut);
                }
            }
        }
    }

    fn last_reply(&self) -> Instant {
        *self.last_reply.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the primary has no such key. Fails if the server is a replica, which may lag behind.
    ///
    /// Reads key and role in one pipeline: two requests might reach different servers.
    pub(crate) async fn is_missing(&self, key: &str) -> Result<bool, BrokerError> {
        let mut pipe = redis::pipe();
        pipe.exists(key).cmd("ROLE").ignore_errors();
        let (exists, role): (RedisResult<bool>, RedisResult<Vec<Value>>) =
            pipe.query_async(&mut self.connection.to(Operation::Read)).await?;
        let exists = exists?;
        check_role(role).inspect_err(|error| {
            if matches!(error, BrokerError::NotPrimary) {
                self.connection.demoted("the server is a replica");
            }
        })?;
        Ok(!exists)
    }

    /// Makes a request with about `bytes` of data, once there are permits for it. Repeats it once if it was never
    /// sent.
    pub(crate) async fn request<T, F>(
        &self,
        operation: Operation,
        bytes: usize,
        mut request: impl FnMut(OperationConnection) -> F,
    ) -> RedisResult<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let (permits, max) = match operation {
            Operation::Operators => (&self.operators, OPERATORS_KIB),
            _ => (&self.permits, MAX_KIB),
        };
        // Neither can fail: the number fits, and the semaphore is never closed.
        let kib = u32::try_from(bytes.div_ceil(1024).clamp(1, max)).unwrap_or(1);
        let _permits = permits.acquire_many(kib).await.ok();
        let result = match request(self.connection.to(operation)).await {
            Err(error) if error.is_connection_refusal() => request(self.connection.to(operation)).await,
            result => result,
        };
        if result.is_ok() {
            *self.last_reply.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        result
    }
}

/// Splits `items` into chunks of up to [`CHUNK`] bytes, and at least one item, each with its size.
pub(crate) fn chunks<T>(mut items: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = (&[T], usize)> {
    std::iter::from_fn(move || {
        let mut sum = bytes(items.first()?);
        let mut count = 1;
        for item in &items[1..] {
            if sum + bytes(item) > CHUNK {
                break;
            }
            sum += bytes(item);
            count += 1;
        }
        let (chunk, rest) = items.split_at(count);
        items = rest;
        Some((chunk, sum))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_as_large_as_allowed_and_never_empty() {
        let sizes = [1, CHUNK - 1, 1, 3 * CHUNK, 2, 2];
        let split: Vec<_> = chunks(&sizes, |size| *size).collect();
        let expected: [(&[usize], usize); 4] =
            [(&[1, CHUNK - 1], CHUNK), (&[1], 1), (&[3 * CHUNK], 3 * CHUNK), (&[2, 2], 4)];
        assert_eq!(split, expected);
        assert_eq!(chunks(&[0_usize; 0], |size| *size).count(), 0);
    }
}
