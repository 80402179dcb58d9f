use std::{fmt, str::FromStr, time::Duration};

use contracts::{EpochMillis, entry::Fields, names::field};
use redis::{FromRedisValue, ParsingError, RedisWrite, ToRedisArgs, ToSingleRedisArg, Value};

use crate::millis::millis;

/// The id of a stream entry, `<milliseconds>-<sequence>`; ids in a stream always increase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    millis: u64,
    sequence: u64,
}

impl EntryId {
    /// When the entry was added, by Redis' clock.
    #[must_use]
    pub fn added_at(self) -> EpochMillis {
        EpochMillis(self.millis)
    }

    /// The lowest id that an entry added `span` earlier can have.
    pub(crate) fn earlier(self, span: Duration) -> Self {
        Self { millis: self.millis.saturating_sub(millis(span)), sequence: 0 }
    }
}

/// Not a valid id of a stream entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no id of a stream entry")]
pub struct InvalidEntryId;

impl FromStr for EntryId {
    type Err = InvalidEntryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (millis, sequence) = text.split_once('-').ok_or(InvalidEntryId)?;
        let parse = |number: &str| number.parse().map_err(|_| InvalidEntryId);
        Ok(Self { millis: parse(millis)?, sequence: parse(sequence)? })
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.millis, self.sequence)
    }
}

impl ToRedisArgs for EntryId {
    fn write_redis_args<W: ?Sized + RedisWrite>(&self, out: &mut W) {
        out.write_arg_fmt(self);
    }
}

impl ToSingleRedisArg for EntryId {}

impl FromRedisValue for EntryId {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        String::from_redis_value(value)?
            .parse()
            .map_err(|error: InvalidEntryId| ParsingError::from(error.to_string()))
    }
}

/// An entry of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id.
    pub id: EntryId,
    /// The fields; `None` if the entry was deleted and only its id is still pending.
    pub fields: Option<Fields>,
}

impl Entry {
    /// The size of its fields, and of offers that only the search's record has.
    pub(crate) fn bytes(&self) -> usize {
        let Some(fields) = &self.fields else { return 0 };
        let in_record = fields.optional::<u32>(field::IN_RECORD).ok().flatten().unwrap_or(0);
        let own: usize = fields.pairs().map(|(field, value)| field.len() + value.len()).sum();
        own.saturating_add(usize::try_from(in_record).unwrap_or(usize::MAX))
    }
}

impl FromRedisValue for Entry {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (id, fields): (EntryId, Value) = redis::from_redis_value(value)?;
        let fields = match fields {
            Value::Nil => None,
            fields => Some(Fields::from(Vec::<(Vec<u8>, Vec<u8>)>::from_redis_value(fields)?)),
        };
        Ok(Self { id, fields })
    }
}

/// Decodes the reply to XREAD or XREADGROUP of one stream: its name and its entries, or nil.
pub(crate) fn entries_of_one_stream(reply: Value) -> Result<Vec<Entry>, ParsingError> {
    let streams: Option<Vec<(Value, Vec<Entry>)>> = redis::from_redis_value(reply)?;
    Ok(streams.into_iter().flatten().flat_map(|(_, entries)| entries).collect())
}
