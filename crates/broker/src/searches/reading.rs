//! Reads a search's record, in pieces where it is large.

use contracts::{
    SearchId, SearchStatus,
    entry::{Fields, InvalidEntry},
    names::{self, record},
};
use redis::{AsyncCommands, RedisResult};

use crate::{
    Broker, BrokerError, SearchRecord,
    connection::bulk::{PIECE, pieces},
};

/// Up to how many bytes a record is read at once. Most are.
const SMALL_RECORD: usize = 32 * 1024;
/// Up to how many bytes a field comes with the first piece: all but answers and results.
const SMALL_FIELD: usize = 1024;
/// What is reckoned for a record whose size is not known yet.
const USUAL_RECORD: usize = 4 * 1024;

/// What there is of a search's record.
pub(crate) enum Found {
    Record(SearchRecord),
    Nothing,
    Malformed,
}

/// Fields with their values.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

impl Broker {
    /// Reads a search's record; `None` if there is none (any more), or none that can be read.
    ///
    /// A large record may change while it is read. What was read first, among it how far the story was, is then
    /// older than the answers.
    pub async fn read(&self, id: SearchId) -> Result<Option<SearchRecord>, BrokerError> {
        Ok(match self.find(id).await? {
            Found::Record(record) => Some(record),
            Found::Nothing | Found::Malformed => None,
        })
    }

    /// As [`read`](Self::read), and tells a record that can't be read from none.
    pub(crate) async fn find(&self, id: SearchId) -> Result<Found, BrokerError> {
        let key = names::record_key(id);
        let mut fields = self.read_fields(&key).await?;
        while fields.is_empty() {
            if self.bulk.is_missing(&key).await? {
                return Ok(Found::Nothing);
            }
            fields = self.read_fields(&key).await?;
        }
        Ok(match SearchRecord::decode(Fields::from(fields)) {
            Ok(record) => Found::Record(record),
            Err(InvalidEntry { field, problem }) => {
                tracing::warn!(search_id = %id, field, problem, "a search's record is malformed");
                Found::Malformed
            }
        })
    }

    /// Whether a search has a record, has not ended, and no supplier has answered it. For most jobs that are taken this
    /// is all there is to know, and costs Redis a fifth of [`read`](Self::read).
    pub async fn is_unanswered(&self, id: SearchId) -> Result<bool, BrokerError> {
        let key = &names::record_key(id);
        let fields = &[record::STATUS, record::SEQ];
        let reply = self.bulk.ask(0, |mut bulk| async move { bulk.hmget(key, fields).await }).await?;
        let (status, seq): (Option<String>, Option<u64>) = reply;
        Ok(status.as_deref() == Some(SearchStatus::Processing.as_str()) && seq == Some(0))
    }

    async fn read_fields(&self, key: &str) -> RedisResult<Pairs> {
        let mut call = self.scripts.read.key(key);
        call.arg(SMALL_RECORD).arg(SMALL_FIELD);
        let call = &call;
        let first = self.bulk.ask(USUAL_RECORD, |mut bulk| async move { call.invoke_async(&mut bulk).await });
        let (mut fields, large): (Pairs, Vec<(Vec<u8>, usize)>) = first.await?;
        for (piece, bytes) in pieces(&large, |(_, length)| *length) {
            let names: &Vec<_> = &piece.iter().map(|(name, _)| name.as_slice()).collect();
            let values: Vec<Option<Vec<u8>>> =
                self.bulk.ask(bytes, |mut bulk| async move { bulk.hmget(key, names).await }).await?;
            for ((name, _), value) in piece.iter().zip(values) {
                // No field is ever removed: the whole record is gone.
                let Some(value) = value else { return Ok(Vec::new()) };
                fields.push((name.clone(), value));
            }
        }
        Ok(fields)
    }
}

const _: () = assert!(SMALL_FIELD < SMALL_RECORD && SMALL_RECORD < PIECE);
