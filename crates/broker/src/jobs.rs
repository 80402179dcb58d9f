//! The workers' side of the job stream.
//!
//! A job belongs to the consumer it was delivered to for as long as its lease: its idle time is renewed while it is in
//! hand ([`Leases::renew`]), and whoever finds one idle for longer takes it over ([`Leases::take_over`]). A worker that
//! was paused for so long finds its [`Claim`] refused. Each process is a consumer with a name of its own: with a shared
//! name nobody could tell whose lease it is. The stream is never trimmed by length, which would delete jobs that nobody
//! has read; a job leaves it in the script that ends its search.

mod consumers;
mod dead_letters;
mod lease;
mod shed;

use std::{sync::Arc, time::Duration};

use contracts::{
    entry::Fields,
    names::{CONSUMER_GROUP, REQUESTED_STREAM},
};
use redis::{FromRedisValue, ParsingError, Value, aio::MultiplexedConnection};

use crate::{Broker, BrokerError, Entry, EntryId, entry::entries_of_one_stream, millis::blocking_millis};

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
    name: Arc<str>,
    reader: Reader,
    reads: bool,
}

/// The blocking connection, and what the next read on it has to see to first.
#[derive(Debug)]
enum Reader {
    /// There is none: connect, and look for what an earlier connection left.
    Closed,
    /// Entries may have been delivered to this consumer that never arrived: its pending ones behind this come first.
    Recovering(MultiplexedConnection, EntryId),
    /// Read new entries.
    Reading(MultiplexedConnection),
}

impl Consumer {
    /// The reading side of the consumer that holds these leases.
    #[must_use]
    pub fn new(leases: &Leases) -> Self {
        Self {
            broker: leases.broker.clone(),
            name: leases.name.clone(),
            reader: Reader::Closed,
            reads: false,
        }
    }

    /// Whether new jobs can be read: not only was a connection made, it was of use.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.reads
    }

    /// Waits for up to `max` jobs, for up to `block`. Drop the future only with the whole consumer: what Redis has
    /// delivered meanwhile would stay pending until its lease ends.
    ///
    /// After a reconnection it first gives what is pending for this consumer, some of which may be in hand.
    /// Returns nothing while it gets its connection or group in order; after an error the next call does.
    pub async fn read(&mut self, max: usize, block: Duration) -> Result<Vec<Delivery>, BrokerError> {
        match std::mem::replace(&mut self.reader, Reader::Closed) {
            Reader::Closed => {
                self.reads = false;
                let connection = self.broker.blocking_connection(block).await?;
                self.reader = Reader::Recovering(connection, EntryId::default());
                Ok(Vec::new())
            }
            Reader::Recovering(mut connection, after) => {
                let pending = match self.pending(&mut connection, max, after).await {
                    // Not made sure of before: a full Redis refuses even to be told of a group that is there.
                    Err(BrokerError::NoGroup(_)) => {
                        create_group(&mut connection).await?;
                        Vec::new()
                    }
                    pending => pending?,
                };
                self.reader = match pending.last() {
                    Some(last) => Reader::Recovering(connection, last.entry),
                    None => Reader::Reading(connection),
                };
                Ok(pending.into_iter().filter(|delivery| !delivery.fields.is_empty()).collect())
            }
            Reader::Reading(mut connection) => {
                let entries = self.new_entries(&mut connection, max, block).await?;
                self.reader = Reader::Reading(connection);
                self.reads = true;
                Ok(deliveries(entries))
            }
        }
    }

    async fn new_entries(
        &self,
        connection: &mut MultiplexedConnection,
        max: usize,
        block: Duration,
    ) -> Result<Vec<Entry>, BrokerError> {
        let mut command = redis::cmd("XREADGROUP");
        command.arg("GROUP").arg(CONSUMER_GROUP).arg(&*self.name).arg("COUNT").arg(max);
        command.arg("BLOCK").arg(blocking_millis(block)).arg("STREAMS").arg(REQUESTED_STREAM).arg(">");
        let reply: Value = command.query_async(connection).await?;
        Ok(entries_of_one_stream(reply)?)
    }

    /// What is pending for this consumer behind an entry; those that were deleted have no fields. Not read with
    /// XREADGROUP, which counts that as a delivery: lost connections would make a job look deadly.
    async fn pending(
        &self,
        connection: &mut MultiplexedConnection,
        max: usize,
        after: EntryId,
    ) -> Result<Vec<Delivery>, BrokerError> {
        let mut call = self.broker.scripts.recover.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(&*self.name).arg(after).arg(max);
        Ok(call.invoke_async(connection).await?)
    }
}

/// What the script `recover` answers for each job.
impl FromRedisValue for Delivery {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (entry, deliveries, fields): (EntryId, u64, Value) = redis::from_redis_value(value)?;
        let fields = Vec::<(Vec<u8>, Vec<u8>)>::from_redis_value(fields)?;
        Ok(Self { entry, fields: Fields::from(fields), deliveries })
    }
}

/// What one consumer does with the jobs it holds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Leases {
    broker: Broker,
    name: Arc<str>,
}

/// By what a worker writes a search: that this job was delivered to this consumer. Redis refuses it once the job is
/// another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) consumer: Arc<str>,
    pub(crate) entry: EntryId,
}

impl Claim {
    /// The entry of the job.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        self.entry
    }
}

impl Leases {
    /// Those of the consumer of this name, which no other process may have.
    #[must_use]
    pub fn new(broker: Broker, name: String) -> Self {
        Self { broker, name: name.into() }
    }

    /// The claim to a job that was delivered to this consumer.
    #[must_use]
    pub fn claim(&self, entry: EntryId) -> Claim {
        Claim { consumer: Arc::clone(&self.name), entry }
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
