use contracts::names::{CONSUMER_GROUP, DEAD_STREAM, REQUESTED_STREAM, field};

use super::{Delivery, Leases};
use crate::{BrokerError, metrics::Operation};

/// About how many dead letters are kept.
const DEAD_LETTERS_KEPT: usize = 10_000;
/// How many fields of a job are kept. A script can pass on only so many; a valid job has nine.
const FIELDS_KEPT: usize = 100;

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
