//! The workers' side of the job stream.
//!
//! A job belongs to the consumer it was delivered to for as long as its lease: its idle time is renewed while it
//! is in hand ([`Consumer::renew`]), and whoever finds one idle for longer takes it over
//! ([`Consumer::take_over`]). Each process is a consumer of its own name, because a shared one would hide whose
//! lease it is. The stream is never trimmed by length, which would delete jobs nobody has read; a job leaves it
//! in the script that ends its search.

mod care;
mod lease;

use std::time::Duration;

use contracts::{
    entry::Fields,
    names::{CONSUMER_GROUP, REQUESTED_STREAM},
};
use redis::{Value, aio::MultiplexedConnection};

use crate::{Broker, BrokerError, Entry, EntryId, entry::entries_of_one_stream};

/// A job as it was delivered, not decoded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The id of its entry.
    pub entry: EntryId,
    /// What stands in it.
    pub fields: Fields,
    /// How often it was delivered, this time included.
    pub deliveries: u64,
}

/// One process' membership in the group of workers.
#[derive(Debug)]
pub struct Consumer {
    broker: Broker,
    name: String,
    reader: Reader,
}

/// The blocking connection, and what the next read on it has to see to first.
#[derive(Debug)]
enum Reader {
    /// There is none: connect, make sure of the group, and look for what an earlier connection left.
    Closed,
    /// Entries may have been delivered to this consumer that never arrived: read its pending ones first.
    Recovering(MultiplexedConnection, EntryId),
    /// Read new entries.
    Reading(MultiplexedConnection),
}

impl Consumer {
    /// The reading side of the consumer that holds these leases.
    #[must_use]
    pub fn new(leases: &Leases) -> Self {
        Self { broker: leases.broker.clone(), name: leases.name.clone(), reader: Reader::Closed }
    }

    /// Waits for up to `max` jobs, for up to `block`. Drop the future only with the whole consumer: what Redis has
    /// delivered meanwhile would stay pending until its lease ends.
    ///
    /// After a reconnection it first gives what is pending for this consumer, some of which may be in hand.
    /// Returns nothing while it gets its connection or group in order; after an error the next call does.
    pub async fn read(&mut self, max: usize, block: Duration) -> Result<Vec<Delivery>, BrokerError> {
        match std::mem::replace(&mut self.reader, Reader::Closed) {
            Reader::Closed => {
                let mut connection = self.broker.blocking_connection(block).await?;
                create_group(&mut connection).await?;
                self.reader = Reader::Recovering(connection, EntryId::default());
                Ok(Vec::new())
            }
            Reader::Recovering(mut connection, after) => {
                let entries = self.read_group(&mut connection, max, None, &after.to_string()).await?;
                self.reader = match entries.last() {
                    Some(last) => Reader::Recovering(connection, last.id),
                    None => Reader::Reading(connection),
                };
                Ok(deliveries(entries))
            }
            Reader::Reading(mut connection) => {
                let entries = self.read_group(&mut connection, max, Some(block), ">").await?;
                self.reader = Reader::Reading(connection);
                Ok(deliveries(entries))
            }
        }
    }

    async fn read_group(
        &self,
        connection: &mut MultiplexedConnection,
        max: usize,
        block: Option<Duration>,
        after: &str,
    ) -> Result<Vec<Entry>, BrokerError> {
        let mut command = redis::cmd("XREADGROUP");
        command.arg("GROUP").arg(CONSUMER_GROUP).arg(&self.name).arg("COUNT").arg(max);
        if let Some(block) = block {
            command.arg("BLOCK").arg(u64::try_from(block.as_millis()).unwrap_or(u64::MAX));
        }
        command.arg("STREAMS").arg(REQUESTED_STREAM).arg(after);
        let reply: Value = command.query_async(connection).await?;
        Ok(entries_of_one_stream(reply)?)
    }
}

/// What one consumer does with the jobs it holds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Leases {
    broker: Broker,
    name: String,
}

impl Leases {
    /// Those of the consumer of this name, which no other process may have.
    #[must_use]
    pub fn new(broker: Broker, name: String) -> Self {
        Self { broker, name }
    }

    /// The consumer's name in the group.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Entries that were deleted while they were pending have nothing to work on; taking over clears them away.
fn deliveries(entries: Vec<Entry>) -> Vec<Delivery> {
    entries
        .into_iter()
        .filter_map(|Entry { id, fields }| fields.map(|fields| Delivery { entry: id, fields, deliveries: 1 }))
        .collect()
}

/// Makes sure that the group is there, and the stream with it. It starts at 0: jobs from before the first worker
/// count.
async fn create_group(connection: &mut MultiplexedConnection) -> Result<(), BrokerError> {
    let mut command = redis::cmd("XGROUP");
    command.arg("CREATE").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg("0").arg("MKSTREAM");
    match command.exec_async(connection).await {
        Err(error) if error.code() != Some("BUSYGROUP") => Err(error.into()),
        _ => Ok(()),
    }
}
