//! Ends that the replaced system announced. It has no records, so they are only in the result log.

use contracts::{
    SearchId,
    entry::{Fields, ResultEntry, StoredEnd},
    names::RESULTS_STREAM,
};

use crate::{Broker, BrokerError, EntryId, metrics::Operation, searches::reading::Pairs};

/// How many entries one script reads: it should not block Redis.
const BATCH: usize = 64;

/// Finds and stores these ends.
#[derive(Debug, Default)]
pub(crate) struct ForeignEnds {
    /// The last entry read.
    position: EntryId,
}

impl ForeignEnds {
    /// Stores all ends announced since the last call. Call it before ending a search, which might have ended already.
    pub(crate) async fn store(&mut self, broker: &Broker) -> Result<(), BrokerError> {
        loop {
            let mut call = broker.scripts.foreign_ends.key(RESULTS_STREAM);
            call.arg(self.position).arg(BATCH);
            let (newest, last, ends): (String, String, Vec<Pairs>) =
                call.invoke_async(&mut broker.connection.to(Operation::ForeignEnds)).await?;
            for fields in ends {
                store(broker, Fields::from(fields)).await?;
            }
            match last.parse() {
                Ok(last) => self.position = last,
                // There are no more entries. If the newest is before our position, the log has started over.
                Err(_) if newest.parse().is_ok_and(|newest: EntryId| newest < self.position) => {
                    self.position = EntryId::default();
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

async fn store(broker: &Broker, mut fields: Fields) -> Result<(), BrokerError> {
    let decoded = ResultEntry::search_id(&fields).and_then(|id| Ok((id, StoredEnd::decode(&mut fields)?)));
    let (id, end): (SearchId, StoredEnd) = match decoded {
        Ok(decoded) => decoded,
        Err(error) => {
            tracing::debug!(%error, "ignored a malformed entry in the result log");
            return Ok(());
        }
    };
    match broker.end_as_announced(id, &end).await {
        Err(error) if !error.is_transient() => {
            tracing::warn!(search_id = %id, %error, "an end announced by another system can't be stored");
            Ok(())
        }
        ended => ended.map(drop),
    }
}
