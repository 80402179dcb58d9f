//! Kind `simulated`: a carrier with a timetable, a latency and a failure rate.
//!
//! | module | what it decides |
//! | --- | --- |
//! | [`latency`] | how long a call takes |
//! | [`network`] | which routes the carrier flies, directly or through a hub |
//! | [`schedule`] | which flights depart on a day, and when |
//! | [`trips`] | which trips of several slices it sells, and to whom at what price |
//! | [`fare`] | the cheapest price |
//! | [`brands`] | the fares that a flight is sold at |
//! | [`seed`] | stable pseudo-random numbers |
//!
//! The same search always finds the same flights and prices: only latency and failures are random.

mod brands;
mod fare;
mod latency;
mod network;
mod schedule;
mod seed;
mod trips;

use std::sync::Arc;

use airports::Airports;
use async_trait::async_trait;
use contracts::{IataCode, Offer, SearchQuery, TraceContext, search::Slice};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    error::SupplierError,
    file::{entry::SupplierEntry, error::RegistryError},
    offers::OfferCollector,
    options::RegistryOptions,
    supplier::Supplier,
};
use fare::Fares;
use latency::Latency;
use network::Network;
use schedule::{Carrier, Departure};

/// How long its prices are valid, in minutes.
const VALID_MINUTES: i64 = 30;

/// The settings of this kind in the suppliers file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    latency: LatencySettings,
    #[serde(default)]
    failure_rate: f64,
    /// The prices relative to the average carrier, which has 1.
    price_level: f64,
    /// The country within which it may fly, as an ISO 3166-1 alpha-2 code.
    home: String,
    hubs: Vec<IataCode>,
    stations: Vec<IataCode>,
    /// The longest flight without a stop.
    range_km: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LatencySettings {
    median_ms: f64,
    p99_ms: f64,
}

/// A simulated carrier.
pub(super) struct Simulated {
    carrier: Carrier,
    latency: Latency,
    failure_rate: f64,
    airports: Arc<Airports>,
}

impl Simulated {
    /// Creates the supplier of an entry.
    pub(super) fn from_entry(
        entry: &SupplierEntry,
        options: RegistryOptions<'_>,
        airports: &Arc<Airports>,
    ) -> Result<Self, RegistryError> {
        let settings: Settings = entry.kind_settings()?;
        let error = |problem: String| entry.error(&problem);

        let LatencySettings { median_ms, p99_ms } = settings.latency;
        let latency = Latency::new(median_ms, p99_ms, options.simulated_latency)
            .ok_or_else(|| error("`latency` needs 0 < `median_ms` <= `p99_ms`".into()))?;
        let failure_rate = options.simulated_failure_rate.unwrap_or(settings.failure_rate);
        if !(0.0..=1.0).contains(&failure_rate) {
            return Err(error(format!("`failure_rate` must be from 0 to 1, not {failure_rate}")));
        }
        if !(settings.price_level > 0.0 && settings.price_level <= 100.0) {
            return Err(error("`price_level` must be above 0 and at most 100".into()));
        }
        let network =
            Network::new(airports, &settings.home, &settings.hubs, &settings.stations, settings.range_km)
                .map_err(|unknown| entry.error(&unknown))?;
        let carrier = Carrier {
            code: entry.common.code.clone(),
            name: entry.common.name.clone(),
            network,
            fares: Fares::new(settings.price_level),
        };
        Ok(Self { carrier, latency, failure_rate, airports: Arc::clone(airports) })
    }

    /// The offers for a search, cheapest first.
    fn offers(&self, query: &SearchQuery) -> Vec<Offer> {
        let departures: Vec<_> = query.slices.iter().map(|slice| self.departures(slice)).collect();
        trips::offers(&self.carrier, &departures, query)
    }

    /// What the carrier flies for a slice, from any airport of a city to any other.
    fn departures(&self, slice: &Slice) -> Vec<Departure> {
        let destinations = self.airports.airports_of(slice.destination());
        let mut departures = Vec::new();
        for origin in self.airports.airports_of(slice.origin()) {
            for destination in &destinations {
                let (origin, destination, date) = (origin.code, destination.code, slice.date().civil());
                self.carrier.departures(origin, destination, date, &mut departures);
            }
        }
        departures
    }
}

#[async_trait]
impl Supplier for Simulated {
    async fn search(
        &self,
        query: &SearchQuery,
        _deadline: Instant,
        _trace: Option<&TraceContext>,
        collector: &mut OfferCollector<'_>,
    ) -> Result<(), SupplierError> {
        let latency = self.latency.sample();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        if rand::random_bool(self.failure_rate) {
            return Err(SupplierError::Simulated);
        }
        let offers = self.offers(query);
        collector.reserve(offers.len());
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        for mut offer in offers {
            for price in &mut offer.prices {
                price.expires_at = now.checked_add(SignedDuration::from_mins(VALID_MINUTES)).ok();
            }
            collector.add(offer);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
