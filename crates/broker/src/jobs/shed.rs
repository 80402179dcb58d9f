use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};

use crate::{Broker, BrokerError, metrics::Operation};

impl Broker {
    /// Deletes jobs that are done, and returns how many. They would count as waiting.
    ///
    /// Only workers of the replaced system leave them: they acknowledge a job but don't delete it.
    pub async fn shed_done_jobs(&self) -> Result<u64, BrokerError> {
        let mut call = self.scripts.shed.key(REQUESTED_STREAM);
        Ok(call.arg(CONSUMER_GROUP).invoke_async(&mut self.connection.to(Operation::Shed)).await?)
    }
}
