//! A connection for what may be large: records, answers, results.
//!
//! Replies on one connection come one after the other, so a reply of megabytes over a thin link holds up all that
//! were asked for behind it. The shared connection is for small requests alone, the ones that clients and leases wait
//! for; what may be large goes over this one, and only so much of it at once that each request, once sent, is over
//! well within its timeout. The others wait here, where no timeout counts. Clients do not wait for ever:
//! [`Broker::while_heard`](crate::Broker::while_heard) gives up when nothing comes over this connection any more.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use redis::{RedisResult, Value};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{BrokerError, connection::SharedConnection, connection::primary::check_role};

/// How many KiB may be on their way at once. A request that is larger by itself goes alone.
const ROOM: usize = 512;
/// In how many bytes something large is best sent or read.
pub(crate) const PIECE: usize = 128 * 1024;

/// The connection and the room on it. Clones share both.
#[derive(Clone)]
pub(crate) struct Bulk {
    connection: SharedConnection,
    room: Arc<Semaphore>,
    /// When the last reply came.
    heard: Arc<Mutex<Instant>>,
}

impl Bulk {
    pub(crate) fn new(connection: SharedConnection) -> Self {
        let heard = Arc::new(Mutex::new(Instant::now()));
        Self { connection, room: Arc::new(Semaphore::new(ROOM)), heard }
    }

    /// Waits for `work`, which asks over this connection, but for no longer than `patience` while no reply comes, to
    /// whomever: where replies come, its turn comes too.
    pub(crate) async fn while_heard<T>(
        &self,
        patience: Duration,
        work: impl Future<Output = Result<T, BrokerError>>,
    ) -> Result<T, BrokerError> {
        let begun = Instant::now();
        let mut work = std::pin::pin!(work);
        loop {
            let until = self.heard().max(begun) + patience;
            match timeout_at(until, &mut work).await {
                Ok(done) => return done,
                Err(_) if self.heard() + patience > until => {}
                Err(_) => {
                    // What is given up here does not live to see its own timeout.
                    self.connection.timed_out();
                    return Err(BrokerError::TimedOut);
                }
            }
        }
    }

    fn heard(&self) -> Instant {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a key is missing, and not only unknown to a server that is left behind. Both are asked at once: between
    /// two requests the connection may become another one, and then it would be another server that is the primary.
    pub(crate) async fn is_missing(&self, key: &str) -> Result<bool, BrokerError> {
        let mut pipe = redis::pipe();
        pipe.exists(key).cmd("ROLE").ignore_errors();
        let (is_there, role): (RedisResult<bool>, RedisResult<Vec<Value>>) =
            pipe.query_async(&mut self.connection.clone()).await?;
        let is_there = is_there?;
        check_role(role).inspect_err(|error| {
            if matches!(error, BrokerError::NotPrimary) {
                self.connection.demoted("it leads to a replica");
            }
        })?;
        Ok(!is_there)
    }

    /// Does `request`, with which about so many bytes travel, when there is room for it. Once more if it never left.
    pub(crate) async fn ask<T, F>(
        &self,
        bytes: usize,
        mut request: impl FnMut(SharedConnection) -> F,
    ) -> RedisResult<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        // At most ROOM, which fits. Nobody closes the semaphore.
        let room = u32::try_from(bytes.div_ceil(1024).clamp(1, ROOM)).unwrap_or(1);
        let _room = self.room.acquire_many(room).await.ok();
        let done = match request(self.connection.clone()).await {
            Err(error) if error.is_connection_refusal() => request(self.connection.clone()).await,
            done => done,
        };
        if done.is_ok() {
            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        done
    }
}

/// Cuts `items` into runs of about a [`PIECE`] each, of one item at least.
pub(crate) fn pieces<T>(mut items: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = (&[T], usize)> {
    std::iter::from_fn(move || {
        let mut sum = bytes(items.first()?);
        let mut count = 1;
        for item in &items[1..] {
            if sum + bytes(item) > PIECE {
                break;
            }
            sum += bytes(item);
            count += 1;
        }
        let (piece, rest) = items.split_at(count);
        items = rest;
        Some((piece, sum))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_as_large_as_may_be_and_never_empty() {
        let sizes = [1, PIECE - 1, 1, 3 * PIECE, 2, 2];
        let cut: Vec<_> = pieces(&sizes, |size| *size).collect();
        let expected: [(&[usize], usize); 4] =
            [(&[1, PIECE - 1], PIECE), (&[1], 1), (&[3 * PIECE], 3 * PIECE), (&[2, 2], 4)];
        assert_eq!(cut, expected);
        assert_eq!(pieces(&[0_usize; 0], |size| *size).count(), 0);
    }
}
