//! The queue, as workers use it: a stream with a consumer group.
//!
//! A job belongs to the consumer that it was delivered to, for the length of a lease. Workers renew the leases of jobs
//! in progress ([`Leases::renew`]). Once a lease has run out, any worker may take the job over
//! ([`Leases::take_over`]), and Redis refuses writes with the old [`Claim`]. Each worker process is a consumer of its
//! own.
//!
//! The script that ends a search deletes its job. The stream is never trimmed: that would delete unread jobs.

mod consumers;
mod dead_letters;
mod lease;
mod progress;
mod replay;
mod shed;

use std::{sync::Arc, time::Duration};

use contracts::{
    EpochMillis,
    entry::{Fields, Job},
    names::{CONSUMER_GROUP, REQUESTED_STREAM},
};
use redis::{FromRedisValue, ParsingError, Value, aio::MultiplexedConnection};

use crate::{Broker, BrokerError, Entry, EntryId, entry::entries_of_one_stream, millis::blocking_millis};

pub use dead_letters::MAX_PAGE;

/// A delivered job, not decoded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The id of the job's entry.
    pub entry: EntryId,
    /// The fields of the entry.
    pub fields: Fields,
    /// How often the job was delivered, including this time.
    pub deliveries: u64,
}

/// Reads jobs as a member of the consumer group.
#[derive(Debug)]
pub struct Consumer {
    broker: Broker,
    name: Arc<str>,
    reader: Reader,
    reads: bool,
}

/// The blocking connection, and what the next read does with it.
#[derive(Debug)]
enum Reader {
    /// Connect.
    Closed,
    /// Return the pending entries after this one: an earlier connection may have broken before they arrived.
    Recovering(MultiplexedConnection, EntryId),
    /// Read new entries.
    Reading(MultiplexedConnection),
}

impl Consumer {
    /// The consumer of these leases.
    #[must_use]
    pub fn new(leases: &Leases) -> Self {
        Self {
            broker: leases.broker.clone(),
            name: leases.name.clone(),
            reader: Reader::Closed,
            reads: false,
        }
    }

    /// Whether reading works: new jobs were read since the last error.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.reads
    }

    /// Returns up to `max` jobs. Waits up to `block` for the first one.
    ///
    /// After an error, the next calls reconnect, and then return the jobs that are pending for this consumer. Some of
    /// them may be in progress. A call may return no jobs at once.
    ///
    /// Don't drop the future and read on: jobs that Redis has delivered meanwhile would wait for their lease to run
    /// out.
    pub async fn read(&mut self, max: usize, block: Duration) -> Result<Vec<Delivery>, BrokerError> {
        let deliveries = self.next_deliveries(max, block).await;
        deliveries.inspect_err(|error| self.broker.metrics.redis.failed(error))
    }

    async fn next_deliveries(&mut self, max: usize, block: Duration) -> Result<Vec<Delivery>, BrokerError> {
        match std::mem::replace(&mut self.reader, Reader::Closed) {
            Reader::Closed => {
                self.reads = false;
                let connection = self.broker.blocking_connection(block).await?;
                self.reader = Reader::Recovering(connection, EntryId::default());
                Ok(Vec::new())
            }
            Reader::Recovering(mut connection, after) => {
                let pending = match self.pending(&mut connection, max, after).await {
                    // Only now, because a full Redis refuses XGROUP CREATE even if the group exists.
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

    /// Returns the jobs after `after` that are pending for this consumer. Deleted ones have no fields.
    ///
    /// XREADGROUP would count this as a delivery, so that after some reconnections a job would be buried.
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

/// A job in the reply of `recover.lua`.
impl FromRedisValue for Delivery {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (entry, deliveries, fields): (EntryId, u64, Value) = redis::from_redis_value(value)?;
        let fields = Vec::<(Vec<u8>, Vec<u8>)>::from_redis_value(fields)?;
        Ok(Self { entry, fields: Fields::from(fields), deliveries })
    }
}

/// The leases of one consumer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Leases {
    broker: Broker,
    name: Arc<str>,
}

/// A consumer's claim to a job. Redis checks it before each write of a worker, and refuses it once another consumer
/// has the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) consumer: Arc<str>,
    pub(crate) entry: EntryId,
    /// For the log: how often the entry was delivered, and how long after it was added.
    pub(crate) deliveries: u64,
    pub(crate) queue_wait: Duration,
    /// Whether the replaced system added the job.
    pub(crate) is_foreign: bool,
}

impl Claim {
    /// The id of the job's entry.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        self.entry
    }

    /// Whether the replaced system added the job. It has no times, and its search was never among the open ones.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.is_foreign
    }
}

impl Leases {
    /// The leases of the consumer `name`. The name must be unique.
    #[must_use]
    pub fn new(broker: Broker, name: String) -> Self {
        Self { broker, name: name.into() }
    }

    /// A claim to a job that was delivered to this consumer, `now` by Redis' clock.
    #[must_use]
    pub fn claim(&self, delivery: &Delivery, now: EpochMillis) -> Claim {
        let Delivery { entry, deliveries, .. } = *delivery;
        let queue_wait = now.since(entry.added_at());
        let is_foreign = Job::is_foreign(&delivery.fields);
        Claim { consumer: Arc::clone(&self.name), entry, deliveries, queue_wait, is_foreign }
    }

    /// The consumer's name in the group.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Skips deleted entries. Taking over removes them from the pending list.
fn deliveries(entries: Vec<Entry>) -> Vec<Delivery> {
    entries
        .into_iter()
        .filter_map(|Entry { id, fields }| fields.map(|fields| Delivery { entry: id, fields, deliveries: 1 }))
        .collect()
}

/// Creates the group, and the stream if needed, unless the group exists. It starts at 0, to include jobs that were
/// added before the first worker started.
async fn create_group(connection: &mut MultiplexedConnection) -> Result<(), BrokerError> {
    let mut command = redis::cmd("XGROUP");
    command.arg("CREATE").arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg("0").arg("MKSTREAM");
    match command.exec_async(connection).await {
        Err(error) if error.code() != Some("BUSYGROUP") => Err(error.into()),
        _ => Ok(()),
    }
}
