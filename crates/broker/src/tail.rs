//! Follows a stream of news from now on.
//!
//! A [`Tail`] owns its connection. After a failure it connects again and goes on behind the last entry that its reader has seen to, or
//! at the stream's end where Redis came back with an older stream. What was trimmed or lost in between it can't
//! know; so it says when it has connected ([`Batch::connected`]), and its reader looks at the records again.

use std::time::Duration;

use contracts::names::RESULTS_STREAM;
use redis::{
    Value,
    aio::{ConnectionLike, MultiplexedConnection},
};

use crate::{Broker, BrokerError, Entry, EntryId, entry::entries_of_one_stream, millis::blocking_millis};

/// How many entries one read takes at most.
const BATCH: usize = 512;

/// A reader of a stream.
#[derive(Debug)]
pub struct Tail {
    broker: Broker,
    stream: &'static str,
    block: Duration,
    connection: Option<MultiplexedConnection>,
    last: Option<EntryId>,
}

/// What one read gave.
#[derive(Debug)]
pub struct Batch {
    /// The tail has just connected: entries from before may have been missed.
    pub connected: bool,
    /// New entries, the oldest first; none if there was no news for a while.
    pub entries: Vec<Entry>,
}

impl Tail {
    /// A tail of `stream` whose reads return after `block` even without news.
    #[must_use]
    pub fn new(broker: Broker, stream: &'static str, block: Duration) -> Self {
        Self { broker, stream, block, connection: None, last: None }
    }

    /// Waits for news. After an error the next call connects anew; pausing between them is the caller's business.
    pub async fn read(&mut self) -> Result<Batch, BrokerError> {
        let Some(connection) = &mut self.connection else {
            return self.connect().await;
        };
        let result = redis::cmd("XREAD")
            .arg("COUNT")
            .arg(BATCH)
            .arg("BLOCK")
            .arg(blocking_millis(self.block))
            .arg("STREAMS")
            .arg(self.stream)
            .arg(self.last.unwrap_or_default())
            .query_async::<Value>(connection)
            .await;
        let reply = result.inspect_err(|_| self.connection = None)?;
        let entries = entries_of_one_stream(reply).inspect_err(|_| self.connection = None)?;
        Ok(Batch { connected: false, entries })
    }

    /// The entries up to this one have been seen to: the next read goes on behind it.
    pub fn advance(&mut self, to: EntryId) {
        self.last = self.last.max(Some(to));
    }

    /// The entries up to here have been seen to, or were there when the tail first connected.
    #[must_use]
    pub fn position(&self) -> EntryId {
        self.last.unwrap_or_default()
    }

    /// Connects anew with the next read, and gives again what has not been seen to.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    async fn connect(&mut self) -> Result<Batch, BrokerError> {
        let mut connection = self.broker.blocking_connection(self.block).await?;
        let end = end_of(self.stream, &mut connection).await?;
        // A stream that ends before the last entry seen is not the one that was read.
        self.last = Some(self.last.map_or(end, |last| last.min(end)));
        self.connection = Some(connection);
        Ok(Batch { connected: true, entries: Vec::new() })
    }
}

impl Broker {
    /// Up to `max` entries of the result log behind `after` and up to `to`: what a tail has not seen because it
    /// connected later.
    pub async fn past_news(
        &self,
        after: EntryId,
        to: EntryId,
        max: usize,
    ) -> Result<Vec<Entry>, BrokerError> {
        let mut range = redis::cmd("XRANGE");
        range.arg(RESULTS_STREAM).arg(format!("({after}")).arg(to).arg("COUNT").arg(max);
        Ok(range.query_async(&mut self.connection.clone()).await?)
    }

    /// The id that an entry of the result log would have that is as old as entries may become, seen from `at`.
    #[must_use]
    pub fn oldest_news(&self, at: EntryId) -> EntryId {
        at.earlier(self.retention.news)
    }
}

/// The id of the last entry a stream ever had; zero if there is no stream.
pub(crate) async fn end_of(
    stream: &str,
    connection: &mut impl ConnectionLike,
) -> Result<EntryId, BrokerError> {
    let mut exists = redis::cmd("EXISTS");
    if exists.arg(stream).query_async::<u8>(connection).await? == 0 {
        return Ok(EntryId::default());
    }
    let info: Vec<Value> = redis::cmd("XINFO").arg("STREAM").arg(stream).query_async(connection).await?;
    let mut pairs = info.chunks_exact(2);
    let end = pairs.find(|pair| matches!(&pair[0], Value::BulkString(name) if name == b"last-generated-id"));
    end.map_or_else(|| Ok(EntryId::default()), |pair| Ok(redis::from_redis_value(pair[1].clone())?))
}
