//! Ends that the replaced system announced. It knows no records: they are only in the result log.

use contracts::{
    SearchId,
    entry::{Fields, News, StoredEnd},
    names::RESULTS_STREAM,
};

use crate::{Broker, BrokerError, EntryId, searches::reading::Pairs};

/// How many entries are looked at in one script: few enough that Redis is not held up.
const AT_ONCE: usize = 64;

/// Finds them, each once.
#[derive(Debug, Default)]
pub(crate) struct ForeignEnds {
    looked_at: EntryId,
}

impl ForeignEnds {
    /// Stores all that have been announced by now. A search that has one does not end otherwise.
    pub(crate) async fn store(&mut self, broker: &Broker) -> Result<(), BrokerError> {
        loop {
            let mut call = broker.scripts.foreign_ends.key(RESULTS_STREAM);
            call.arg(self.looked_at).arg(AT_ONCE);
            let (newest, last, ends): (String, String, Vec<Pairs>) =
                call.invoke_async(&mut broker.connection.clone()).await?;
            for fields in ends {
                store(broker, Fields::from(fields)).await?;
            }
            match last.parse() {
                Ok(last) => self.looked_at = last,
                // Nothing is behind that entry. If it is the newest one's future, the log has begun anew.
                Err(_) if newest.parse().is_ok_and(|newest: EntryId| newest < self.looked_at) => {
                    self.looked_at = EntryId::default();
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

async fn store(broker: &Broker, mut fields: Fields) -> Result<(), BrokerError> {
    let read = News::search_id(&fields).and_then(|id| Ok((id, StoredEnd::decode(&mut fields)?)));
    let (id, end): (SearchId, StoredEnd) = match read {
        Ok(read) => read,
        Err(error) => {
            tracing::debug!(%error, "a malformed entry in the result log is passed by");
            return Ok(());
        }
    };
    match broker.end_as_announced(id, &end).await {
        Err(error) if !error.is_passing() => {
            tracing::warn!(search_id = %id, %error, "an end announced by another system can't be stored");
            Ok(())
        }
        ended => ended.map(drop),
    }
}
