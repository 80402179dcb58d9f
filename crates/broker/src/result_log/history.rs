use contracts::names::RESULTS_STREAM;
use redis::aio::MultiplexedConnection;

use crate::{
    Broker, BrokerError, Entry, EntryId, connection::primary::must_be_primary,
    result_log::read_size::ReadSize, result_log::tail::READ_MARGIN,
};

/// Reads the entries of the result log from before a tail connected, oldest first. Has a connection of its own,
/// because the log may be long and its entries large.
#[derive(Debug)]
pub struct History {
    broker: Broker,
    connection: Option<MultiplexedConnection>,
    read_size: ReadSize,
    /// The last processed entry.
    position: EntryId,
    end: EntryId,
}

impl History {
    /// The entries up to `end`, as far back as Redis keeps them.
    #[must_use]
    pub fn new(broker: Broker, end: EntryId) -> Self {
        let position = end.earlier(broker.retention.result_log);
        Self { broker, connection: None, read_size: ReadSize::default(), position, end }
    }

    /// Returns the entries after the last processed one, or none at the end. After an error, the next call reconnects;
    /// the caller should pause first.
    pub async fn read(&mut self) -> Result<Vec<Entry>, BrokerError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.broker.blocking_connection(READ_MARGIN).await?,
        };
        let entries = self.range(connection).await;
        let entries = entries.inspect_err(|error| self.broker.metrics.redis.failed(error));
        if let Err(BrokerError::Unavailable(error)) = &entries
            && error.is_timeout()
        {
            self.read_size.reset();
        }
        entries
    }

    /// Call this once the entries up to `entry` are processed. The next read starts after it.
    pub fn advance(&mut self, entry: EntryId) {
        self.position = self.position.max(entry);
    }

    async fn range(&mut self, mut connection: MultiplexedConnection) -> Result<Vec<Entry>, BrokerError> {
        let mut range = redis::cmd("XRANGE");
        range.arg(RESULTS_STREAM).arg(format!("({}", self.position)).arg(self.end);
        range.arg("COUNT").arg(self.read_size.count());
        let entries: Vec<Entry> = range.query_async(&mut connection).await?;
        if entries.is_empty() {
            // A replica may lack entries of the primary.
            must_be_primary(&mut connection).await?;
        }
        self.read_size.adjust(&entries);
        self.connection = Some(connection);
        Ok(entries)
    }
}
