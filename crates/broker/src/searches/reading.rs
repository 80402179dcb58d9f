//! Reads records, large ones in chunks.

use contracts::{
    SearchId, SearchStatus,
    entry::{Fields, InvalidEntry},
    names::{self, record},
};
use redis::{AsyncCommands, RedisResult};

use crate::{
    Broker, BrokerError, SearchRecord,
    connection::bulk::{CHUNK, chunks},
    metrics::Operation,
};

/// A record of up to this many bytes is read at once, as most are.
const SMALL_RECORD: usize = 32 * 1024;
/// Of a larger record, fields of up to this many bytes are read first: all but answers and results.
const SMALL_FIELD: usize = 1024;
/// How many searches' status is read at once.
const STATUS_BATCH: usize = 256;
/// The assumed size of a record before it is read.
const TYPICAL_RECORD: usize = 4 * 1024;

/// The result of looking for a record.
pub(crate) enum Found {
    Record(Box<SearchRecord>),
    Nothing,
    Malformed,
}

/// Fields and values.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

impl Broker {
    /// Reads a search's record. `None` if there is none, or if it can't be read.
    ///
    /// A large record may change while it is read. Its `seq` may then be older than its answers.
    pub async fn read(&self, id: SearchId) -> Result<Option<SearchRecord>, BrokerError> {
        Ok(match self.find(id).await? {
            Found::Record(record) => Some(*record),
            Found::Nothing | Found::Malformed => None,
        })
    }

    /// Like [`read`](Self::read), but without answers up to this sequence number, and without one-ways.
    pub async fn read_after(&self, id: SearchId, seq: u64) -> Result<Option<SearchRecord>, BrokerError> {
        Ok(match self.find_after(id, Some(seq)).await? {
            Found::Record(record) => Some(*record),
            Found::Nothing | Found::Malformed => None,
        })
    }

    /// Like [`read`](Self::read), but distinguishes a missing record from a malformed one.
    pub(crate) async fn find(&self, id: SearchId) -> Result<Found, BrokerError> {
        self.find_after(id, None).await
    }

    async fn find_after(&self, id: SearchId, seq: Option<u64>) -> Result<Found, BrokerError> {
        let key = names::record_key(id);
        let mut fields = self.read_fields(&key, seq).await?;
        while fields.is_empty() {
            if self.bulk.is_missing(&key).await? {
                return Ok(Found::Nothing);
            }
            fields = self.read_fields(&key, seq).await?;
        }
        Ok(match SearchRecord::decode(Fields::from(fields)) {
            Ok(record) => Found::Record(Box::new(record)),
            Err(InvalidEntry { field, problem }) => {
                tracing::warn!(search_id = %id, field, problem, "a search's record is malformed");
                Found::Malformed
            }
        })
    }

    /// Whether a search has a record, has not ended, and has no answers yet: true for most jobs when they are
    /// delivered. Costs Redis a fifth of [`read`](Self::read).
    pub async fn is_unanswered(&self, id: SearchId) -> Result<bool, BrokerError> {
        let key = &names::record_key(id);
        let fields = &[record::STATUS, record::SEQ];
        let reply = self
            .bulk
            .request(Operation::Read, 0, |mut bulk| async move { bulk.hmget(key, fields).await })
            .await?;
        let (status, seq): (Option<String>, Option<u64>) = reply;
        Ok(status.as_deref() == Some(SearchStatus::Processing.as_str()) && seq == Some(0))
    }

    /// Those of these searches that a client has cancelled.
    pub async fn cancelled(&self, ids: &[SearchId]) -> Result<Vec<SearchId>, BrokerError> {
        let mut cancelled = Vec::new();
        for ids in ids.chunks(STATUS_BATCH) {
            let mut pipe = redis::pipe();
            for id in ids {
                pipe.hget(names::record_key(*id), record::STATUS);
            }
            let pipe = &pipe;
            let read = |mut bulk| async move { pipe.query_async(&mut bulk).await };
            let statuses: Vec<Option<String>> = self.bulk.request(Operation::Read, 0, read).await?;
            let is_cancelled =
                |status: &Option<String>| status.as_deref() == Some(SearchStatus::Cancelled.as_str());
            let found = ids.iter().zip(&statuses).filter(|(_, status)| is_cancelled(status));
            cancelled.extend(found.map(|(id, _)| *id));
        }
        Ok(cancelled)
    }

    /// The fields of a record, but if it is large, only the small ones, and names and lengths of the others. With a sequence
    /// number, as in [`read_after`](Self::read_after).
    pub(crate) async fn read_small_fields(
        &self,
        key: &str,
        after: Option<u64>,
    ) -> RedisResult<(Pairs, Vec<(Vec<u8>, usize)>)> {
        let mut call = self.scripts.read.key(key);
        call.arg(SMALL_RECORD).arg(SMALL_FIELD).arg(after.map(|seq| seq.to_string()).unwrap_or_default());
        let call = &call;
        let first = self.bulk.request(Operation::Read, TYPICAL_RECORD, |mut bulk| async move {
            call.invoke_async(&mut bulk).await
        });
        first.await
    }

    async fn read_fields(&self, key: &str, after: Option<u64>) -> RedisResult<Pairs> {
        let (mut fields, large) = self.read_small_fields(key, after).await?;
        for (chunk, bytes) in chunks(&large, |(_, length)| *length) {
            let names: &Vec<_> = &chunk.iter().map(|(name, _)| name.as_slice()).collect();
            let values: Vec<Option<Vec<u8>>> = self
                .bulk
                .request(Operation::Read, bytes, |mut bulk| async move { bulk.hmget(key, names).await })
                .await?;
            for ((name, _), value) in chunk.iter().zip(values) {
                // Fields are never removed, so the whole record is gone.
                let Some(value) = value else { return Ok(Vec::new()) };
                fields.push((name.clone(), value));
            }
        }
        Ok(fields)
    }
}

const _: () = assert!(SMALL_FIELD < SMALL_RECORD && SMALL_RECORD < CHUNK);
