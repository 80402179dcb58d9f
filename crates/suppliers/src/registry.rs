//! All suppliers that this worker can ask.

use std::{cell::OnceCell, collections::HashSet, sync::Arc};

use airports::Airports;
use contracts::{SupplierCode, SupplierListing};

use super::{
    Desk, Supplier,
    file::{self, Entry, Kind, Options, RegistryError},
    http_client,
    kinds::{duffel::Duffel, http::Http, simulated::Simulated},
    log_throttle::Complaints,
    response::Budget,
};

/// The default set, ten simulated carriers.
const EMBEDDED: &str = include_str!("../suppliers.toml");

/// The memory for the answers of all suppliers together, in bytes: for some 70 long ones at once, of Duffel's for
/// some 30.
const ANSWERS_BYTES: usize = 32 * 1024 * 1024;

/// All suppliers that this worker can ask, in the order of the file.
pub struct Registry {
    desks: Vec<Arc<Desk>>,
    airports: Arc<Airports>,
    /// About suppliers that are not here.
    complaints: Arc<Complaints>,
}

impl Registry {
    /// The suppliers of a file; `docs/suppliers.md` says what may stand in one.
    pub fn from_toml(
        text: &str,
        options: Options<'_>,
        airports: &Arc<Airports>,
    ) -> Result<Self, RegistryError> {
        let entries = file::parse(text)?;
        let mut codes = HashSet::new();
        if let Some(twice) = entries.iter().find(|entry| !codes.insert(&entry.common.code)) {
            return Err(twice.problem(&"there are two with this code"));
        }
        let budget = Budget::new(ANSWERS_BYTES);
        let workshop = Workshop { options, airports, budget, client: OnceCell::new() };
        let desks = entries.iter().map(|entry| Ok(Arc::new(workshop.desk(entry)?)));
        Ok(Self {
            desks: desks.collect::<Result<_, RegistryError>>()?,
            airports: Arc::clone(airports),
            complaints: Arc::default(),
        })
    }

    /// The suppliers compiled into the program.
    pub fn embedded(options: Options<'_>, airports: &Arc<Airports>) -> Result<Self, RegistryError> {
        Self::from_toml(EMBEDDED, options, airports)
    }

    /// Who can be asked.
    #[must_use]
    pub fn listing(&self) -> Vec<SupplierListing> {
        let listing =
            |desk: &Arc<Desk>| SupplierListing { code: desk.code().clone(), name: desk.name().to_owned() };
        self.desks.iter().map(listing).collect()
    }

    /// Who is asked by a search that is limited to these; all when `codes` is empty.
    #[must_use]
    pub fn asked(&self, codes: &[SupplierCode]) -> Vec<SupplierListing> {
        let mut listing = self.listing();
        listing.retain(|listing| codes.is_empty() || codes.contains(&listing.code));
        listing
    }

    /// The desks of these suppliers, each once; all when `codes` is empty.
    ///
    /// A code that nobody has here gets a desk that answers at once with status `error`, so that a search which
    /// names a supplier that only other workers have still ends.
    #[must_use]
    pub fn select(&self, codes: &[SupplierCode]) -> Vec<Arc<Desk>> {
        if codes.is_empty() {
            return self.desks.clone();
        }
        let mut seen = HashSet::new();
        codes.iter().filter(|code| seen.insert(*code)).map(|code| self.desk(code)).collect()
    }

    fn desk(&self, code: &SupplierCode) -> Arc<Desk> {
        let known = self.desks.iter().find(|desk| desk.code() == code);
        let unknown = || Arc::new(Desk::unknown(code.clone(), &self.airports, &self.complaints));
        known.map_or_else(unknown, Arc::clone)
    }
}

/// What the kinds that ask over HTTP work with.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) client: reqwest::Client,
    pub(super) budget: Budget,
    pub(super) airports: Arc<Airports>,
}

/// What desks are made with.
struct Workshop<'a> {
    options: Options<'a>,
    airports: &'a Arc<Airports>,
    budget: Budget,
    /// Made when the first supplier needs it, as it reads the system's certificates.
    client: OnceCell<reqwest::Client>,
}

impl Workshop<'_> {
    fn desk(&self, entry: &Entry) -> Result<Desk, RegistryError> {
        let (options, airports) = (self.options, self.airports);
        let supplier: Box<dyn Supplier> = match entry.common.kind {
            Kind::Simulated => Box::new(Simulated::from_entry(entry, options, airports)?),
            Kind::Duffel => Box::new(Duffel::from_entry(entry, options, self.means()?)?),
            Kind::Http => Box::new(Http::from_entry(entry, options, self.means()?)?),
        };
        Ok(Desk::new(&entry.common, supplier, airports, options.max_offers))
    }

    fn means(&self) -> Result<Means, RegistryError> {
        Ok(Means { client: self.client()?, budget: self.budget.clone(), airports: Arc::clone(self.airports) })
    }

    fn client(&self) -> Result<reqwest::Client, RegistryError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = http_client::client().map_err(|error| RegistryError::Client(error.into()))?;
        Ok(self.client.get_or_init(|| client).clone())
    }
}

#[cfg(test)]
mod tests;
