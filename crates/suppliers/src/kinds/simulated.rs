//! Kind `simulated`: a carrier with a timetable, a latency and a failure rate.
//!
//! | module | what it decides |
//! | --- | --- |
//! | [`call`] | how a call goes: its latency, and whether it fails |
//! | [`latency`] | how long a call takes |
//! | [`network`] | which routes the carrier flies, directly or through a hub |
//! | [`schedule`] | which flights depart on a day, and when |
//! | [`trips`] | which trips of several slices it sells, and to whom at what price |
//! | [`fare`] | the cheapest price |
//! | [`brands`] | the fares that a flight is sold at |
//! | [`drift`] | how fares move over time |
//! | [`reseller`] | kind `reseller`: who sells these carriers' flights at other prices |
//! | [`seed`] | stable pseudo-random numbers |
//!
//! The same search always finds the same flights. Prices are the same too, unless they drift. Latency and failures are
//! random.

mod brands;
mod call;
mod drift;
mod fare;
mod latency;
mod network;
pub(super) mod reseller;
mod schedule;
mod seed;
mod trips;

use std::sync::Arc;

use airports::Airports;
use async_trait::async_trait;
use contracts::{IataCode, Offer, SearchQuery, SupplierCode, TraceContext, offer::Price, search::Slice};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    error::SupplierError,
    file::{entry::SupplierEntry, error::RegistryError},
    offers::OfferCollector,
    options::RegistryOptions,
    supplier::Supplier,
};
use brands::Quote;
use call::{LatencySettings, SimulatedCall};
use drift::Drift;
use fare::Fares;
use network::Network;
use schedule::{Carrier, Departure};
use seed::Seed;

/// The settings of this kind in the suppliers file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    latency: LatencySettings,
    #[serde(default)]
    failure_rate: f64,
    /// The prices relative to the average carrier, which has 1.
    price_level: f64,
    /// How far prices move over time, in percent.
    #[serde(default)]
    drift_percent: f64,
    /// The country within which it may fly, as an ISO 3166-1 alpha-2 code.
    home: String,
    hubs: Vec<IataCode>,
    stations: Vec<IataCode>,
    /// The longest flight without a stop.
    range_km: f64,
    /// The carrier that flies some of its flights from hubs.
    codeshare: Option<SupplierCode>,
}

/// A simulated carrier.
pub(super) struct Simulated {
    carrier: Carrier,
    call: SimulatedCall,
    quote: Quote,
    drift: Drift,
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
        let call = SimulatedCall::new(settings.latency, settings.failure_rate, entry, options)?;
        let drift = Drift::new(settings.drift_percent)
            .ok_or_else(|| entry.error(&"`drift_percent` must be from 0 to 50"))?;
        if !(settings.price_level > 0.0 && settings.price_level <= 100.0) {
            return Err(entry.error(&"`price_level` must be above 0 and at most 100"));
        }
        let network =
            Network::new(airports, &settings.home, &settings.hubs, &settings.stations, settings.range_km)
                .map_err(|unknown| entry.error(&unknown))?;
        let carrier = Carrier {
            code: entry.common.code.clone(),
            name: entry.common.name.clone(),
            network,
            fares: Fares::new(settings.price_level),
            codeshare: settings.codeshare,
        };
        let quote = Quote::in_rupiah(entry.common.code.clone());
        Ok(Self { carrier, call, quote, drift, airports: Arc::clone(airports) })
    }

    /// The offers for a search at a time, cheapest first.
    fn offers(&self, query: &SearchQuery, now: Timestamp) -> Vec<Offer> {
        self.offers_at(query, |fare, trip| {
            let seed = Seed::of(&[self.carrier.code.as_str().as_bytes(), trip.as_bytes()]);
            self.quote.prices(self.drift.at(fare, seed, now), trip)
        })
    }

    /// The flights for a search, at the prices of a trip whose cheapest fare is so many rupiah and that has this name.
    fn offers_at(&self, query: &SearchQuery, prices: impl Fn(u64, &str) -> Vec<Price>) -> Vec<Offer> {
        let departures: Vec<_> = query.slices.iter().map(|slice| self.departures(slice)).collect();
        trips::offers(&self.carrier, &departures, query, prices)
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
        self.call.answer(collector, |now| self.offers(query, now)).await
    }
}

#[cfg(test)]
mod tests;
