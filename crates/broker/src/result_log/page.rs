use contracts::{SearchId, names::RESULTS_STREAM};
use redis::{FromRedisValue, ParsingError, Value};

use crate::{Broker, BrokerError, EntryId, metrics::Operation};

/// How much one script looks at: it should block Redis for no more than a millisecond.
const PAGE_ENTRIES: usize = 200;
const PAGE_BYTES: usize = 256 * 1024;

/// What an entry of the result log is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoggedEvent {
    pub(crate) entry: EntryId,
    pub(crate) search_id: SearchId,
    /// `None` for an end that the replaced system announced.
    pub(crate) seq: Option<u64>,
}

/// A part of the result log, latest first.
#[derive(Debug)]
pub(crate) struct LogPage {
    pub(crate) events: Vec<LoggedEvent>,
    /// What to read on from; `None` at the end.
    pub(crate) next: Option<String>,
}

impl Broker {
    /// Reads a part of the result log backwards, without offers. `highest` and `lowest` are as in XREVRANGE.
    pub(crate) async fn log_page(&self, highest: &str, lowest: &str) -> Result<LogPage, BrokerError> {
        let mut call = self.scripts.log_page.key(RESULTS_STREAM);
        call.arg(highest).arg(lowest).arg(PAGE_ENTRIES).arg(PAGE_BYTES);
        let call = &call;
        let read = |mut bulk| async move { call.invoke_async(&mut bulk).await };
        Ok(self.bulk.request(Operation::Operators, PAGE_ENTRIES * 80, read).await?)
    }
}

impl FromRedisValue for LogPage {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        // Anyone who can write to the log may have written these.
        type Raw = (EntryId, Vec<u8>, Vec<u8>);
        let (next, entries): (String, Vec<Raw>) = redis::from_redis_value(value)?;
        let event = |(entry, search, seq): Raw| {
            let text = |bytes| std::str::from_utf8(bytes).ok();
            let seq = text(&seq).and_then(|seq| seq.parse().ok());
            Some(LoggedEvent { entry, search_id: text(&search)?.parse().ok()?, seq })
        };
        let next = (!next.is_empty()).then_some(next);
        Ok(Self { events: entries.into_iter().filter_map(event).collect(), next })
    }
}
