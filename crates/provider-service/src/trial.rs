//! `provider-service check` and `provider-service try`: for a person who sets up a supplier. Neither needs Redis.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the search to try |
//! | [`hide`] | hides secrets |
//! | [`text`] | what is printed about a call |
//! | [`offer`] | what is printed about an offer |

pub(crate) mod args;
mod hide;
mod offer;
mod text;

use std::{cell::RefCell, collections::BTreeMap, fmt::Write, path::Path, sync::Arc};

use airports::Airports;
use contracts::{IataCode, SupplierListing};
use suppliers::{Registry, SupplierClient, TrialOutcome};

use crate::{Config, RunError, registry};
pub use args::TryArgs;
use hide::Hider;

/// Why a supplier was not tried.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// The suppliers file is invalid or can't be read.
    #[error(transparent)]
    Setup(#[from] RunError),
    /// The search makes no sense.
    #[error("{0}")]
    Search(&'static str),
    /// No place has this code.
    #[error("no airport or city has the code {0}")]
    UnknownPlace(IataCode),
    /// Which one of several suppliers to try is not said, or there is none with this code.
    #[error("--supplier must be one of {0}")]
    Supplier(String),
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What to print.
    pub text: String,
    /// Whether the supplier answered.
    pub answered: bool,
}

/// Reads the suppliers file and the exchange rates as a worker does, and says what they contain.
pub fn check(config: &Config) -> Result<String, RunError> {
    let listing = registry(config, &|name| std::env::var(name).ok())?.listing();
    let file = config.suppliers_file.as_deref().map_or_else(|| "built-in".into(), Path::to_string_lossy);
    let mut text = format!("suppliers ({file}): {}\n", listing.len());
    for SupplierListing { code, name } in listing {
        let _ = writeln!(text, "  {code:<16} {name}");
    }
    if let Some(path) = &config.exchange_rates_file {
        let rates = crate::rates::RatesFile::open(path.clone())?.current();
        let _ = writeln!(
            text,
            "exchange rates ({}): {} currencies, of {}",
            path.display(),
            rates.currencies(),
            rates.date()
        );
    }
    Ok(text)
}

/// Asks one supplier once, and says what was sent, what came, and how each offer was read.
pub async fn try_supplier(config: &Config, args: &TryArgs) -> Result<Tried, TryError> {
    let secrets = RefCell::new(BTreeMap::new());
    let look_up = |name: &str| {
        let value = std::env::var(name).ok()?;
        secrets.borrow_mut().insert(name.to_owned(), value.clone());
        Some(value)
    };
    let registry = registry(config, &look_up)?;
    let query = args.query().map_err(TryError::Search)?;
    let airports = Airports::embedded();
    let mut places = query.slices.iter().flat_map(|slice| [slice.origin(), slice.destination()]);
    if let Some(unknown) = places.find(|place| !airports.knows(*place)) {
        return Err(TryError::UnknownPlace(unknown));
    }
    let client = chosen(&registry, args)?;
    let trial = client.trial(&query).await;
    let hider = Hider::new(secrets.into_inner());
    let answered = matches!(trial.outcome, TrialOutcome::Answered { .. });
    Ok(Tried { text: text::trial(&client, &trial, &hider), answered })
}

/// The supplier to try: the one that is named, or the only one.
fn chosen(registry: &Registry, args: &TryArgs) -> Result<Arc<SupplierClient>, TryError> {
    let mut clients = registry.select(&[]);
    clients.retain(|client| args.supplier.as_ref().is_none_or(|code| code == client.code()));
    if let [client] = &clients[..] {
        return Ok(Arc::clone(client));
    }
    let codes: Vec<_> = registry.listing().iter().map(|listing| listing.code.to_string()).collect();
    Err(TryError::Supplier(codes.join(", ")))
}

#[cfg(test)]
mod tests;
