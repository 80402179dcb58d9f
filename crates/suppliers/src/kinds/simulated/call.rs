use contracts::Offer;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::latency::Latency;
use crate::{
    error::SupplierError,
    file::{entry::SupplierEntry, error::RegistryError},
    offers::OfferCollector,
    options::RegistryOptions,
};

/// How long prices are valid, in minutes: less than a search can be read after its end, so that a page shows how they expire.
const VALID_MINUTES: i64 = 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LatencySettings {
    median_ms: f64,
    p99_ms: f64,
}

/// How calls go.
#[derive(Clone, Copy, Debug)]
pub(super) struct SimulatedCall {
    latency: Latency,
    failure_rate: f64,
}

impl SimulatedCall {
    /// As the settings of a supplier say, or what replaces them.
    pub(super) fn new(
        LatencySettings { median_ms, p99_ms }: LatencySettings,
        failure_rate: f64,
        entry: &SupplierEntry,
        options: RegistryOptions<'_>,
    ) -> Result<Self, RegistryError> {
        let latency = Latency::new(median_ms, p99_ms, options.simulated_latency)
            .ok_or_else(|| entry.error(&"`latency` needs 0 < `median_ms` <= `p99_ms`"))?;
        let failure_rate = options.simulated_failure_rate.unwrap_or(failure_rate);
        if !(0.0..=1.0).contains(&failure_rate) {
            return Err(entry.error(&format!("`failure_rate` must be from 0 to 1, not {failure_rate}")));
        }
        Ok(Self { latency, failure_rate })
    }

    /// Adds the offers of the time at which the call is answered, or fails.
    pub(super) async fn answer(
        self,
        collector: &mut OfferCollector<'_>,
        offers: impl FnOnce(Timestamp) -> Vec<Offer>,
    ) -> Result<(), SupplierError> {
        let latency = self.latency.sample();
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        if rand::random_bool(self.failure_rate) {
            return Err(SupplierError::Simulated);
        }
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        let offers = offers(now);
        collector.reserve(offers.len());
        for mut offer in offers {
            for price in &mut offer.prices {
                price.expires_at = now.checked_add(SignedDuration::from_mins(VALID_MINUTES)).ok();
            }
            collector.add(offer);
        }
        Ok(())
    }
}
