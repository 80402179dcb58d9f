//! Follows a stream, starting with entries added from now on.
//!
//! A [`Tail`] owns its connection. After an error it reconnects and continues after the last processed entry, or at
//! the end of the stream if Redis came back with an older one. Entries may have been trimmed or lost meanwhile. So the
//! tail reports each reconnection ([`Batch::connected`]), and the caller must then read the records again.

use std::{collections::VecDeque, time::Duration};

use contracts::{
    SearchId,
    entry::{Fields, InRecord},
    names::{RESULTS_STREAM, record_key},
};
use redis::{
    RedisError, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};

use crate::{
    Broker, BrokerError, Entry, EntryId, connection::primary::must_be_primary, entry::entries_of_one_stream,
    metrics::StreamEnd, millis::blocking_millis, result_log::read_size::ReadSize,
};

/// Added to the timeout of a blocking read, beyond its BLOCK and [`Broker::blocking_connection`]'s margin. Doubles with
/// each timeout.
pub(crate) const READ_MARGIN: Duration = Duration::from_secs(1);
/// In this time, even a slow link delivers the largest entry.
const MAX_READ_MARGIN: Duration = Duration::from_mins(1);

/// Follows a stream.
#[derive(Debug)]
pub struct Tail {
    broker: Broker,
    stream: &'static str,
    block: Duration,
    connection: Option<MultiplexedConnection>,
    /// The last processed entry, or the last one before the tail first connected.
    position: Option<EntryId>,
    /// The entries of the last batch that are not processed yet, oldest first.
    unprocessed: VecDeque<EntryId>,
    read_size: ReadSize,
    read_margin: Duration,
}

/// The result of a read.
#[derive(Debug)]
pub struct Batch {
    /// The tail has just connected: entries may have been missed.
    pub connected: bool,
    /// New entries, oldest first.
    pub entries: Vec<Entry>,
}

impl Tail {
    /// A tail of `stream`. Reads return after `block`, even without new entries.
    #[must_use]
    pub fn new(broker: Broker, stream: &'static str, block: Duration) -> Self {
        let (read_size, read_margin) = (ReadSize::default(), READ_MARGIN);
        let unprocessed = VecDeque::new();
        Self { broker, stream, block, connection: None, position: None, unprocessed, read_size, read_margin }
    }

    /// Whether this is the tail of the result log, whose progress is measured.
    fn is_measured(&self) -> bool {
        self.stream == RESULTS_STREAM
    }

    /// Waits for new entries. After an error, the next call reconnects; the caller should pause first.
    pub async fn read(&mut self) -> Result<Batch, BrokerError> {
        let batch = self.next_batch().await;
        batch.inspect_err(|error| self.broker.metrics.redis.failed(error))
    }

    async fn next_batch(&mut self) -> Result<Batch, BrokerError> {
        let Some(connection) = &mut self.connection else {
            return self.connect().await;
        };
        let result = redis::cmd("XREAD")
            .arg("COUNT")
            .arg(self.read_size.count())
            .arg("BLOCK")
            .arg(blocking_millis(self.block))
            .arg("STREAMS")
            .arg(self.stream)
            .arg(self.position.unwrap_or_default())
            .query_async::<Value>(connection)
            .await;
        let reply = result.inspect_err(|error| self.on_error(error))?;
        let entries = entries_of_one_stream(reply).inspect_err(|_| self.connection = None)?;
        self.read_size.adjust(&entries);
        self.unprocessed = entries.iter().map(|entry| entry.id).collect();
        if entries.is_empty() {
            self.must_read_primary().await?;
        }
        Ok(Batch { connected: false, entries })
    }

    /// Reads events that only their searches' records have: for each, those of [`InRecord::fields`] that are there; none if
    /// Redis refuses. It uses the tail's connection, so it reads from the server that had the entries, and waits for no
    /// other request. After an error the next [`read`](Self::read) reconnects.
    pub async fn read_records(
        &mut self,
        events: &[(SearchId, InRecord)],
    ) -> Result<Vec<Fields>, BrokerError> {
        let Some(connection) = self.connection.as_mut().filter(|_| !events.is_empty()) else {
            return Ok(vec![Fields::default(); events.len()]);
        };
        let mut pipe = redis::pipe();
        for (id, event) in events {
            pipe.cmd("HMGET").arg(record_key(*id)).arg(event.fields());
        }
        let replies: Result<Vec<Value>, _> = pipe.ignore_errors().query_async(connection).await;
        let replies = replies.inspect_err(|error| {
            self.broker.metrics.redis.failed(&error.clone().into());
            self.on_error(error);
        })?;
        let found = events.iter().zip(replies).map(|((_, event), reply)| {
            let values: Vec<Option<Vec<u8>>> = redis::from_redis_value(reply).unwrap_or_default();
            event.fields().into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
        });
        Ok(found.collect())
    }

    /// After a timeout, the next read is smaller and waits longer: the link may be slow.
    fn on_error(&mut self, error: &RedisError) {
        self.connection = None;
        if error.is_timeout() {
            self.read_size.reset();
            self.read_margin = (self.read_margin * 2).min(MAX_READ_MARGIN);
        }
    }

    /// Fails and disconnects if the server is a replica: the primary may have new entries.
    async fn must_read_primary(&mut self) -> Result<(), BrokerError> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        must_be_primary(connection).await.inspect_err(|_| self.connection = None)
    }

    /// Call this once the entries up to `entry` are processed. The next read starts after it.
    pub fn advance(&mut self, entry: EntryId) {
        self.position = self.position.max(Some(entry));
        let processed = self.unprocessed.partition_point(|unprocessed| *unprocessed <= entry);
        self.unprocessed.drain(..processed);
        self.read_margin = READ_MARGIN;
        if self.is_measured() {
            self.broker.metrics.queue.tail_advanced(entry, processed as u64);
        }
    }

    /// The last processed entry, or the last one before the tail first connected.
    #[must_use]
    pub fn position(&self) -> EntryId {
        self.position.unwrap_or_default()
    }

    /// Makes the next read reconnect and return the unprocessed entries again.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    async fn connect(&mut self) -> Result<Batch, BrokerError> {
        let mut connection = self.broker.blocking_connection(self.block + self.read_margin).await?;
        must_be_primary(&mut connection).await?;
        let end = self.broker.stream_end(self.stream, &mut connection).await?;
        // If the stream ends before our position, Redis has lost entries.
        let position = self.position.map_or(end.last, |position| position.min(end.last));
        self.position = Some(position);
        if self.is_measured() {
            self.broker.metrics.queue.tail_connected(position, end);
        }
        self.connection = Some(connection);
        Ok(Batch { connected: true, entries: Vec::new() })
    }
}

impl Broker {
    /// The end of a stream; zero if there is no stream.
    pub(crate) async fn stream_end(
        &self,
        stream: &str,
        connection: &mut impl ConnectionLike,
    ) -> Result<StreamEnd, BrokerError> {
        let end: Vec<Value> = self.scripts.stream_end.key(stream).invoke_async(connection).await?;
        let [last, added] = <[Value; 2]>::try_from(end).unwrap_or([Value::Nil, Value::Nil]);
        let last: Option<EntryId> = redis::from_redis_value(last)?;
        let added: Option<u64> = redis::from_redis_value(added)?;
        Ok(StreamEnd { last: last.unwrap_or_default(), added: added.unwrap_or_default() })
    }
}
