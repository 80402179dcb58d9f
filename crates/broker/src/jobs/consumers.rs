use std::time::Duration;

use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};

use super::Leases;
use crate::{BrokerError, metrics::Operation, millis::millis};

impl Leases {
    /// Leaves the group, and returns whether it did. A consumer that still holds a job stays: another worker takes the
    /// job over and removes the consumer later.
    pub async fn leave(&self) -> Result<bool, BrokerError> {
        let mut call = self.broker.scripts.leave.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(&*self.name);
        Ok(call.invoke_async(&mut self.broker.connection.to(Operation::Leave)).await?)
    }

    /// Gives a sign of life. Removes consumers that hold no job and have given none for `silence`, and returns their
    /// names.
    pub async fn sweep(&self, silence: Duration) -> Result<Vec<String>, BrokerError> {
        let mut call = self.broker.scripts.sweep.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(millis(silence)).arg(&*self.name);
        Ok(call.invoke_async(&mut self.broker.connection.to(Operation::Sweep)).await?)
    }
}
