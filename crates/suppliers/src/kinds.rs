//! The kinds of suppliers, and the factory that creates them.
//!
//! To add a kind, add a module here, a variant to [`Kind`], and an arm to [`SupplierFactory::supplier`].
//!
//! | module | kind |
//! | --- | --- |
//! | [`http`] | any JSON API, described in the suppliers file |
//! | [`duffel`] | the Duffel Flights API |
//! | [`simulated`] | a simulated carrier, or a reseller of such carriers |

mod duffel;
mod http;
mod simulated;

use std::{cell::OnceCell, sync::Arc};

use airports::Airports;

use crate::{
    file::{entry::SupplierEntry, error::RegistryError, settings::Kind},
    http_client::{self, HttpContext},
    memory_budget::MemoryBudget,
    options::RegistryOptions,
    supplier::Supplier,
};
use duffel::Duffel;
use http::Http;
use simulated::{Simulated, reseller::Reseller};

/// The memory for long responses of all suppliers together, in bytes: enough for about 70 at once, or 30 of Duffel's.
const RESPONSE_MEMORY_BYTES: usize = 32 * 1024 * 1024;

/// Creates suppliers from their entries in the file.
pub(crate) struct SupplierFactory<'a> {
    options: RegistryOptions<'a>,
    airports: &'a Arc<Airports>,
    /// All of the file.
    entries: &'a [SupplierEntry],
    budget: MemoryBudget,
    /// Created for the first supplier that needs it, because it reads the system's certificates.
    http_client: OnceCell<reqwest::Client>,
}

impl<'a> SupplierFactory<'a> {
    pub(crate) fn new(
        options: RegistryOptions<'a>,
        airports: &'a Arc<Airports>,
        entries: &'a [SupplierEntry],
    ) -> Self {
        let budget = MemoryBudget::new(RESPONSE_MEMORY_BYTES);
        Self { options, airports, entries, budget, http_client: OnceCell::new() }
    }

    /// Creates the supplier of an entry.
    pub(crate) fn supplier(&self, entry: &SupplierEntry) -> Result<Box<dyn Supplier>, RegistryError> {
        let options = self.options;
        Ok(match entry.common.kind {
            Kind::Simulated => Box::new(Simulated::from_entry(entry, options, self.airports)?),
            Kind::Reseller => Box::new(Reseller::from_entry(entry, self.entries, options, self.airports)?),
            Kind::Duffel => Box::new(Duffel::from_entry(entry, options, self.http_context()?)?),
            Kind::Http => Box::new(Http::from_entry(entry, options, self.http_context()?)?),
        })
    }

    fn http_context(&self) -> Result<HttpContext, RegistryError> {
        Ok(HttpContext {
            client: self.http_client()?,
            budget: self.budget.clone(),
            airports: Arc::clone(self.airports),
        })
    }

    fn http_client(&self) -> Result<reqwest::Client, RegistryError> {
        if let Some(client) = self.http_client.get() {
            return Ok(client.clone());
        }
        let client = http_client::new_client().map_err(|error| RegistryError::HttpClient(error.into()))?;
        Ok(self.http_client.get_or_init(|| client).clone())
    }
}
