use std::time::Duration;

use contracts::{SupplierListing, names::SUPPLIERS_KEY};
use redis::AsyncCommands;

use crate::{Broker, BrokerError, metrics::Operation};

impl Broker {
    /// Publishes the suppliers that the workers ask. Expires after `ttl`; workers repeat it before that.
    pub async fn announce_suppliers(
        &self,
        listing: &[SupplierListing],
        ttl: Duration,
    ) -> Result<(), BrokerError> {
        // Encoding can't fail: codes and names are plain text.
        let json = serde_json::to_string(listing).unwrap_or_default();
        Ok(self.connection.to(Operation::PublishSuppliers).set_ex(SUPPLIERS_KEY, json, ttl.as_secs()).await?)
    }

    /// The suppliers that the workers ask. Empty if no worker has published them recently.
    pub async fn suppliers(&self) -> Result<Vec<SupplierListing>, BrokerError> {
        let json: Option<String> = self.connection.to(Operation::Suppliers).get(SUPPLIERS_KEY).await?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }
}
