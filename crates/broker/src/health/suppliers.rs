use std::time::Duration;

use contracts::{SupplierListing, names::SUPPLIERS_KEY};
use redis::AsyncCommands;

use crate::{Broker, BrokerError};

impl Broker {
    /// Says which suppliers the workers ask. It holds for `fresh`; workers say it again before that.
    pub async fn announce_suppliers(
        &self,
        listing: &[SupplierListing],
        fresh: Duration,
    ) -> Result<(), BrokerError> {
        // Codes and names are plain text: writing them can't fail.
        let json = serde_json::to_string(listing).unwrap_or_default();
        Ok(self.connection.clone().set_ex(SUPPLIERS_KEY, json, fresh.as_secs()).await?)
    }

    /// The suppliers that the workers ask; none if no worker has said so of late.
    pub async fn suppliers(&self) -> Result<Vec<SupplierListing>, BrokerError> {
        let json: Option<String> = self.connection.clone().get(SUPPLIERS_KEY).await?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }
}
