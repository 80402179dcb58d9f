use contracts::{
    names::{CONSUMER_GROUP, DEAD_STREAM, REQUESTED_STREAM, field},
    operators::{DeadLetter, DeadLetterPage, JobField},
};

use super::{Delivery, Leases};
use crate::{Broker, BrokerError, EntryId, metrics::Operation};

/// About how many dead letters are kept.
const DEAD_LETTERS_KEPT: usize = 10_000;
/// How many fields of a job are kept. A script can pass on only so many; a valid job has nine.
pub(super) const FIELDS_KEPT: usize = 100;
/// The most dead letters in a page, and the most bytes that are read for it.
pub const MAX_PAGE: usize = 100;
const PAGE_BYTES: usize = 128 * 1024;
/// How much of a name or a value is read: in a page, and of one dead letter.
const CUT_IN_PAGE: usize = 256;
const CUT_ALONE: usize = 16 * 1024;

impl Leases {
    /// Moves a job to the dead letters with a reason, unless another consumer has it. Returns whether it was moved.
    pub async fn bury(&self, delivery: &Delivery, reason: &str) -> Result<bool, BrokerError> {
        let mut call = self.broker.scripts.bury.key(REQUESTED_STREAM);
        call.key(DEAD_STREAM).arg(CONSUMER_GROUP).arg(&*self.name).arg(delivery.entry).arg(DEAD_LETTERS_KEPT);
        call.arg(field::REASON).arg(reason).arg(field::ENTRY_ID).arg(delivery.entry);
        for (field, value) in delivery.fields.pairs().take(FIELDS_KEPT) {
            call.arg(field).arg(value);
        }
        Ok(call.invoke_async(&mut self.broker.connection.to(Operation::Bury)).await?)
    }
}

/// A dead letter's id, and its fields and values in turn.
type Raw = (EntryId, Vec<Vec<u8>>);

impl Broker {
    /// The dead letters before this one, newest first: up to `max`, and up to [`MAX_PAGE`]. Long values are cut.
    pub async fn dead_letters(
        &self,
        before: Option<EntryId>,
        max: usize,
    ) -> Result<DeadLetterPage, BrokerError> {
        let max = max.clamp(1, MAX_PAGE);
        let highest = before.map_or_else(|| "+".to_owned(), |entry| format!("({entry}"));
        let total = self.dead_letter_count().await?;
        let found = self.read_dead_letters(&highest, "-", max, CUT_IN_PAGE).await?;
        let bytes: usize = found.iter().flat_map(|(_, fields)| fields).map(Vec::len).sum();
        let is_last = found.len() < max && bytes < PAGE_BYTES;
        let next = found.last().filter(|_| !is_last).map(|(entry, _)| entry.to_string());
        let dead_letters = found.into_iter().map(|raw| dead_letter(raw, CUT_IN_PAGE)).collect();
        Ok(DeadLetterPage { total, dead_letters, next })
    }

    /// How many dead letters there are.
    pub async fn dead_letter_count(&self) -> Result<u64, BrokerError> {
        let mut pipe = redis::pipe();
        pipe.cmd("XLEN").arg(DEAD_STREAM);
        Ok(self.ask::<(u64,)>(&pipe, 0).await?.0)
    }

    /// One dead letter, if it is there. Values of more than 16 KiB are cut.
    pub async fn dead_letter(&self, entry: EntryId) -> Result<Option<DeadLetter>, BrokerError> {
        let id = entry.to_string();
        let found = self.read_dead_letters(&id, &id, 1, CUT_ALONE).await?;
        Ok(found.into_iter().next().map(|raw| dead_letter(raw, CUT_ALONE)))
    }

    /// Deletes a dead letter for good. Returns whether it was there. Its search has ended before, or ends at its
    /// deadline.
    pub async fn drop_dead_letter(&self, entry: EntryId) -> Result<bool, BrokerError> {
        // One command needs no script to happen once.
        let mut delete = redis::cmd("XDEL");
        delete.arg(DEAD_STREAM).arg(entry);
        let delete = &delete;
        Ok(self
            .bulk
            .request(Operation::Operators, 0, |mut bulk| async move { delete.query_async(&mut bulk).await })
            .await?)
    }

    async fn read_dead_letters(
        &self,
        highest: &str,
        lowest: &str,
        max: usize,
        cut: usize,
    ) -> Result<Vec<Raw>, BrokerError> {
        let mut call = self.scripts.dead_letters.key(DEAD_STREAM);
        call.arg(highest).arg(lowest).arg(max).arg(cut).arg(PAGE_BYTES);
        let call = &call;
        let read = |mut bulk| async move { call.invoke_async(&mut bulk).await };
        Ok(self.bulk.request(Operation::Operators, PAGE_BYTES, read).await?)
    }
}

fn dead_letter((entry, raw): Raw, cut: usize) -> DeadLetter {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut letter = DeadLetter {
        entry: entry.to_string(),
        buried_at: entry.added_at(),
        reason: String::new(),
        search_id: None,
        fields: Vec::new(),
    };
    for (at, pair) in raw.chunks_exact(2).enumerate() {
        let (name, value) = (text(&pair[0]), text(&pair[1]));
        match name.as_str() {
            // Those that `bury` has added come first. The job may have fields of the same names.
            field::REASON if at == 0 => letter.reason = value,
            field::ENTRY_ID if at == 1 => {}
            _ => {
                if name == field::SEARCH_ID {
                    letter.search_id = value.parse().ok();
                }
                letter.fields.push(JobField { name, value, is_cut: pair[1].len() >= cut });
            }
        }
    }
    letter
}
