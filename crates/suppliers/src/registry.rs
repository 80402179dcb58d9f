//! All configured suppliers.

use std::{collections::HashSet, sync::Arc};

use airports::Airports;
use contracts::{SupplierCode, SupplierListing};
use log_throttle::LogThrottle;

use crate::{
    client::{SupplierClient, SupplierHealth},
    file::{self, error::RegistryError, selling::check_served},
    kinds::SupplierFactory,
    metrics::{ClientMetrics, Metrics, UNKNOWN, breaker_states::BreakerStates},
    options::RegistryOptions,
};

/// The suppliers that are used without a suppliers file: ten simulated carriers.
const EMBEDDED: &str = include_str!("../suppliers.toml");

/// Those that are added with [`RegistryOptions::resellers`]: four resellers, of which two quote in other
/// currencies than rupiah and two sell one way only.
const RESELLERS: &str = include_str!("../resellers.toml");

/// All configured suppliers, in the order of the file.
pub struct Registry {
    clients: Vec<Arc<SupplierClient>>,
    airports: Arc<Airports>,
    /// Shared by all unknown suppliers, because callers may make up any number of codes.
    unknown_log: Arc<LogThrottle>,
    unknown_metrics: Arc<ClientMetrics>,
    metrics: Metrics,
}

impl Registry {
    /// Sets up the suppliers of a file. `docs/suppliers.md` describes its format.
    pub fn from_toml(
        text: &str,
        options: RegistryOptions<'_>,
        airports: &Arc<Airports>,
    ) -> Result<Self, RegistryError> {
        let entries = file::parse(text)?;
        let factory = SupplierFactory::new(options, airports, &entries);
        let metrics = Metrics::default();
        let clients = entries.iter().map(|entry| {
            check_served(&entry.common.serves, airports)
                .map_err(|problem| entry.field_error("serves", &problem))?;
            let supplier = factory.supplier(entry)?;
            let metrics = Arc::new(metrics.of(entry.common.code.as_str()));
            let client = SupplierClient::new(&entry.common, supplier, airports, options.max_offers, metrics);
            Ok(Arc::new(client))
        });
        Ok(Self {
            clients: clients.collect::<Result<_, RegistryError>>()?,
            airports: Arc::clone(airports),
            unknown_log: Arc::default(),
            unknown_metrics: Arc::new(metrics.of(UNKNOWN)),
            metrics,
        })
    }

    /// Sets up the embedded suppliers: ten simulated carriers, and four resellers if the options say so.
    pub fn embedded(options: RegistryOptions<'_>, airports: &Arc<Airports>) -> Result<Self, RegistryError> {
        if options.resellers {
            return Self::from_toml(&format!("{EMBEDDED}\n{RESELLERS}"), options, airports);
        }
        Self::from_toml(EMBEDDED, options, airports)
    }

    /// Adds the suppliers' metrics to a registry.
    pub fn register_metrics(&self, registry: &mut prometheus_client::registry::Registry) {
        self.metrics.register(registry);
        registry.register_collector(Box::new(BreakerStates(self.clients.clone())));
    }

    /// How every supplier is doing.
    #[must_use]
    pub fn health(&self) -> Vec<SupplierHealth> {
        self.clients.iter().map(|client| client.health()).collect()
    }

    /// The code and name of every supplier.
    #[must_use]
    pub fn listing(&self) -> Vec<SupplierListing> {
        let clients = self.clients.iter();
        clients
            .map(|client| SupplierListing { code: client.code().clone(), name: client.name().to_owned() })
            .collect()
    }

    /// The code and name of the suppliers that a search with these `codes` asks; all if `codes` is empty. Unknown
    /// codes are left out.
    #[must_use]
    pub fn asked(&self, codes: &[SupplierCode]) -> Vec<SupplierListing> {
        let mut listing = self.listing();
        listing.retain(|listing| codes.is_empty() || codes.contains(&listing.code));
        listing
    }

    /// The clients of these suppliers, without duplicates; all if `codes` is empty.
    ///
    /// An unknown code gets a client that fails at once with status `error`. So a search ends even if only other
    /// workers have one of its suppliers.
    #[must_use]
    pub fn select(&self, codes: &[SupplierCode]) -> Vec<Arc<SupplierClient>> {
        if codes.is_empty() {
            return self.clients.clone();
        }
        let mut seen = HashSet::new();
        codes.iter().filter(|code| seen.insert(*code)).map(|code| self.client(code)).collect()
    }

    fn client(&self, code: &SupplierCode) -> Arc<SupplierClient> {
        let known = self.clients.iter().find(|client| client.code() == code);
        let unknown = || {
            let (log, metrics) = (&self.unknown_log, &self.unknown_metrics);
            Arc::new(SupplierClient::unknown(code.clone(), &self.airports, log, metrics))
        };
        known.map_or_else(unknown, Arc::clone)
    }
}

#[cfg(test)]
mod tests;
