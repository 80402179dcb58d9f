use contracts::names::RESULTS_STREAM;
use redis::aio::MultiplexedConnection;

use crate::{
    Broker, BrokerError, Entry, EntryId, connection::primary::must_be_primary, news::pace::Pace,
    news::tail::PATIENCE,
};

/// Reads what stood in the result log before a tail connected, the oldest first. On a connection of its own: the log
/// may be long, its entries large.
#[derive(Debug)]
pub struct Past {
    broker: Broker,
    connection: Option<MultiplexedConnection>,
    pace: Pace,
    seen: EntryId,
    to: EntryId,
}

impl Past {
    /// The past up to this entry, so far back as news are kept.
    #[must_use]
    pub fn new(broker: Broker, to: EntryId) -> Self {
        let seen = to.earlier(broker.retention.news);
        Self { broker, connection: None, pace: Pace::default(), seen, to }
    }

    /// The next entries behind what has been seen to; none if that is all. After an error the next call connects
    /// anew; pausing between them is the caller's business.
    pub async fn read(&mut self) -> Result<Vec<Entry>, BrokerError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.broker.blocking_connection(PATIENCE).await?,
        };
        let read = self.range(connection).await;
        if let Err(BrokerError::Unavailable(error)) = &read
            && error.is_timeout()
        {
            self.pace.stalled();
        }
        read
    }

    /// The entries up to this one have been seen to.
    pub fn advance(&mut self, to: EntryId) {
        self.seen = self.seen.max(to);
    }

    async fn range(&mut self, mut connection: MultiplexedConnection) -> Result<Vec<Entry>, BrokerError> {
        let mut range = redis::cmd("XRANGE");
        range.arg(RESULTS_STREAM).arg(format!("({}", self.seen)).arg(self.to);
        range.arg("COUNT").arg(self.pace.count());
        let entries: Vec<Entry> = range.query_async(&mut connection).await?;
        if entries.is_empty() {
            // A replica that was left behind may lack what the primary has.
            must_be_primary(&mut connection).await?;
        }
        self.pace.read(&entries);
        self.connection = Some(connection);
        Ok(entries)
    }
}
