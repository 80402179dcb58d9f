//! Kind `reseller`: a simulated travel agency. It sells the flights of simulated carriers in the same file, at other
//! prices and in a currency of its own.

use std::sync::Arc;

use airports::Airports;
use async_trait::async_trait;
use contracts::{Currency, Offer, SearchQuery, SupplierCode, TraceContext};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    Simulated,
    brands::Quote,
    call::{LatencySettings, SimulatedCall},
    drift::Drift,
    seed::Seed,
};
use crate::{
    error::SupplierError,
    file::{entry::SupplierEntry, error::RegistryError, settings::Kind},
    offers::OfferCollector,
    options::RegistryOptions,
    supplier::Supplier,
};

/// What a reseller asks for a fare, in percent of the carrier's. With drift, some are cheaper at times.
const MIN_PERCENT: u32 = 101;
const MAX_PERCENT: u32 = 112;

/// What units of currencies are worth, in rupiah. About those of 2026.
const RUPIAH: [(&str, u64); 4] = [("IDR", 1), ("SGD", 12_900), ("USD", 16_600), ("EUR", 19_300)];

/// The settings of this kind in the suppliers file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    latency: LatencySettings,
    #[serde(default)]
    failure_rate: f64,
    /// The carriers whose flights it sells.
    resells: Vec<SupplierCode>,
    /// What it quotes prices in.
    currency: Currency,
    /// How far prices move over time, in percent.
    #[serde(default)]
    drift_percent: f64,
}

/// A simulated reseller.
pub(in crate::kinds) struct Reseller {
    carriers: Vec<Simulated>,
    call: SimulatedCall,
    quote: Quote,
    drift: Drift,
}

impl Reseller {
    /// Creates the supplier of an entry. `all` are the entries of the file.
    pub(in crate::kinds) fn from_entry(
        entry: &SupplierEntry,
        all: &[SupplierEntry],
        options: RegistryOptions<'_>,
        airports: &Arc<Airports>,
    ) -> Result<Self, RegistryError> {
        let settings: Settings = entry.kind_settings()?;
        let rate = RUPIAH.iter().find(|(code, _)| *code == settings.currency.as_str());
        let (_, rupiah_per_unit) =
            rate.ok_or_else(|| entry.field_error("currency", "must be IDR, SGD, USD or EUR"))?;
        if settings.resells.is_empty() {
            return Err(entry.field_error("resells", "must name a carrier"));
        }
        let carriers = settings.resells.iter().map(|code| {
            let carrier = all
                .iter()
                .find(|other| other.common.code == *code && matches!(other.common.kind, Kind::Simulated));
            let carrier = carrier
                .ok_or_else(|| entry.field_error("resells", &format!("{code} is no simulated carrier")))?;
            Simulated::from_entry(carrier, options, airports)
        });
        Ok(Self {
            carriers: carriers.collect::<Result<_, _>>()?,
            call: SimulatedCall::new(settings.latency, settings.failure_rate, entry, options)?,
            quote: Quote {
                supplier: entry.common.code.clone(),
                currency: settings.currency,
                rupiah_per_unit: *rupiah_per_unit,
            },
            drift: Drift::new(settings.drift_percent)
                .ok_or_else(|| entry.field_error("drift_percent", "must be from 0 to 50"))?,
        })
    }

    /// The offers for a search at a time.
    fn offers(&self, query: &SearchQuery, now: Timestamp) -> Vec<Offer> {
        let prices = |fare: u64, trip: &str| {
            let mut seed = Seed::of(&[self.quote.supplier.as_str().as_bytes(), trip.as_bytes()]);
            let percent = MIN_PERCENT + seed.below(MAX_PERCENT - MIN_PERCENT + 1);
            let asked = fare.saturating_mul(percent.into()) / 100;
            self.quote.prices(self.drift.at(asked, seed, now), trip)
        };
        self.carriers.iter().flat_map(|carrier| carrier.offers_at(query, prices)).collect()
    }
}

#[async_trait]
impl Supplier for Reseller {
    async fn search(
        &self,
        query: &SearchQuery,
        _deadline: Instant,
        _trace: Option<&TraceContext>,
        collector: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        self.call.answer(collector, |now| self.offers(query, now)).await
    }
}

#[cfg(test)]
mod tests;
