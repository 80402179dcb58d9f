//! Follows a stream of news from now on.
//!
//! A [`Tail`] owns its connection. After a failure it connects again and goes on behind the last entry that its reader
//! has processed, or at the stream's end if Redis came back with an older stream. It can't know what was trimmed or lost
//! in between. So it says when it has connected ([`Batch::connected`]), and its reader reads the records again.

use std::time::Duration;

use redis::{
    RedisError, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};

use crate::{
    Broker, BrokerError, Entry, EntryId, connection::primary::must_be_primary, entry::entries_of_one_stream,
    millis::blocking_millis, news::pace::Pace,
};

/// For how long a read may bring nothing beyond its BLOCK, while all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);
/// The same once reads have not ended in time, again and again: in this even a thin link brings a large entry.
const LONGEST_PATIENCE: Duration = Duration::from_mins(1);

/// A reader of a stream.
#[derive(Debug)]
pub struct Tail {
    broker: Broker,
    stream: &'static str,
    block: Duration,
    connection: Option<MultiplexedConnection>,
    last: Option<EntryId>,
    pace: Pace,
    patience: Duration,
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
        let (pace, patience) = (Pace::default(), PATIENCE);
        Self { broker, stream, block, connection: None, last: None, pace, patience }
    }

    /// Waits for news. After an error the next call connects anew; pausing between them is the caller's business.
    pub async fn read(&mut self) -> Result<Batch, BrokerError> {
        let Some(connection) = &mut self.connection else {
            return self.connect().await;
        };
        let result = redis::cmd("XREAD")
            .arg("COUNT")
            .arg(self.pace.count())
            .arg("BLOCK")
            .arg(blocking_millis(self.block))
            .arg("STREAMS")
            .arg(self.stream)
            .arg(self.last.unwrap_or_default())
            .query_async::<Value>(connection)
            .await;
        let reply = result.inspect_err(|error| self.failed(error))?;
        let entries = entries_of_one_stream(reply).inspect_err(|_| self.connection = None)?;
        self.pace.read(&entries);
        if entries.is_empty() {
            self.must_read_primary().await?;
        } else {
            self.patience = PATIENCE;
        }
        Ok(Batch { connected: false, entries })
    }

    /// What did not come in time was perhaps too much for the link: less is asked for, and waited for longer.
    fn failed(&mut self, error: &RedisError) {
        self.connection = None;
        if error.is_timeout() {
            self.pace.stalled();
            self.patience = (self.patience * 2).min(LONGEST_PATIENCE);
        }
    }

    /// Lets go of a connection that leads to a replica: news may be going elsewhere.
    async fn must_read_primary(&mut self) -> Result<(), BrokerError> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        must_be_primary(connection).await.inspect_err(|_| self.connection = None)
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
        let mut connection = self.broker.blocking_connection(self.block + self.patience).await?;
        must_be_primary(&mut connection).await?;
        let end = end_of(self.stream, &mut connection).await?;
        // A stream that ends before the last entry seen is not the one that was read.
        self.last = Some(self.last.map_or(end, |last| last.min(end)));
        self.connection = Some(connection);
        Ok(Batch { connected: true, entries: Vec::new() })
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
