//! Carriers that fly by timetable and answer as slowly, and fail as often, as they are set to.
//!
//! | module | what it decides |
//! | --- | --- |
//! | [`latency`] | how long an answer takes |
//! | `network` | which routes a carrier flies, and through which hub |
//! | `schedule` | which flights leave on a day, when, and when they arrive |
//! | `fare` | what a seat costs |
//! | `seed` | stable pseudo-random numbers: the same search always finds the same flights |
//!
//! Only latency and failures are random. Nothing here depends on the clock.

mod fare;
pub mod latency;
mod network;
mod schedule;
mod seed;

use std::sync::Arc;

use airports::Airports;
use async_trait::async_trait;
use contracts::{IataCode, Offer, SearchQuery};
use serde::Deserialize;
use tokio::time::Instant;

pub use latency::LatencyRange;

use crate::{Found, Options, RegistryError, Supplier, SupplierError, file::Entry};
use fare::Fares;
use latency::Latency;
use network::Network;
use schedule::Carrier;

/// More offers than this for a day are cut to the cheapest.
const MAX_OFFERS: usize = 6;

/// A supplier's keys in the file, behind those that all kinds have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    latency: LatencySettings,
    #[serde(default)]
    failure_rate: f64,
    /// Relative to the other carriers: 1 is the middle.
    price_level: f64,
    /// ISO 3166-1 alpha-2 code of the country it may fly within.
    home: String,
    hubs: Vec<IataCode>,
    stations: Vec<IataCode>,
    /// The longest leg its aircraft fly.
    range_km: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LatencySettings {
    median_ms: f64,
    p99_ms: f64,
}

/// A simulated carrier.
pub struct Simulated {
    carrier: Carrier,
    latency: Latency,
    failure_rate: f64,
    airports: Arc<Airports>,
}

impl Simulated {
    /// The carrier that an entry of kind `simulated` describes.
    pub(crate) fn from_entry(
        entry: &Entry,
        options: Options<'_>,
        airports: &Arc<Airports>,
    ) -> Result<Self, RegistryError> {
        let settings: Settings = entry.settings()?;
        let problem = |problem: String| entry.problem(&problem);

        let LatencySettings { median_ms, p99_ms } = settings.latency;
        let latency = Latency::new(median_ms, p99_ms, options.simulated_latency)
            .ok_or_else(|| problem("`latency` needs 0 < `median_ms` <= `p99_ms`".into()))?;
        let failure_rate = options.simulated_failure_rate.unwrap_or(settings.failure_rate);
        if !(0.0..=1.0).contains(&failure_rate) {
            return Err(problem(format!("`failure_rate` must be from 0 to 1, not {failure_rate}")));
        }
        if !(settings.price_level > 0.0 && settings.price_level <= 100.0) {
            return Err(problem("`price_level` must be above 0 and at most 100".into()));
        }
        let network =
            Network::new(airports, &settings.home, &settings.hubs, &settings.stations, settings.range_km)
                .map_err(|error| entry.problem(&error))?;
        let carrier = Carrier {
            code: entry.common.code.clone(),
            name: entry.common.name.clone(),
            network,
            fares: Fares::new(settings.price_level),
        };
        Ok(Self { carrier, latency, failure_rate, airports: Arc::clone(airports) })
    }

    /// What the carrier flies between the airports of the query on its day; the cheapest come first.
    fn offers(&self, query: &SearchQuery) -> Vec<Offer> {
        let destinations = self.airports.airports_of(query.destination);
        let mut offers = Vec::with_capacity(MAX_OFFERS);
        for origin in self.airports.airports_of(query.origin) {
            for destination in &destinations {
                self.carrier.flights(origin.code, destination.code, query, &mut offers);
            }
        }
        offers.sort_by_key(|offer| (offer.price, offer.departure.timestamp()));
        offers.truncate(MAX_OFFERS);
        offers
    }
}

#[async_trait]
impl Supplier for Simulated {
    async fn search(
        &self,
        query: &SearchQuery,
        _deadline: Instant,
        found: &mut Found<'_>,
    ) -> Result<(), SupplierError> {
        let latency = self.latency.sample();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        if rand::random_bool(self.failure_rate) {
            return Err(SupplierError::Simulated);
        }
        let offers = self.offers(query);
        found.expect(offers.len());
        for offer in offers {
            found.add(offer);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
