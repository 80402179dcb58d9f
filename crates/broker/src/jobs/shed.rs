use contracts::names::{CONSUMER_GROUP, REQUESTED_STREAM};

use crate::{Broker, BrokerError};

impl Broker {
    /// Removes jobs that are done but still in the stream, where they would count as waiting, and tells how many.
    ///
    /// Workers delete what they have done; those of the replaced system only acknowledge it.
    pub async fn shed_done_jobs(&self) -> Result<u64, BrokerError> {
        let mut call = self.scripts.shed.key(REQUESTED_STREAM);
        Ok(call.arg(CONSUMER_GROUP).invoke_async(&mut self.connection.clone()).await?)
    }
}
