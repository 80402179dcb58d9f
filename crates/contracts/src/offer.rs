//! An offer: one itinerary, and what it costs from each seller.

mod booking;
mod bounds;
mod id;
mod itinerary;
mod local_time;
mod price;
mod slice;

use serde::{Deserialize, Serialize};

use crate::{Amount, Cabin, Currency, IataCode, SupplierCode};
pub use bounds::{
    InvalidOffer, InvalidPart, MAX_DURATION_MINUTES, MAX_FLIGHT_NUMBER_BYTES, MAX_LINK_BYTES, MAX_NAME_BYTES,
    MAX_PRICE, MAX_PRICES, MAX_REF_BYTES, MAX_SEGMENTS, MAX_SHORT_BYTES, MAX_SLICES, MAX_STOPS, PartProblem,
    is_name,
};
pub use id::{InvalidOfferId, OfferId};
pub use local_time::{InvalidLocalTime, LocalTime};
pub(crate) use price::Level;
pub use price::{Approximate, Baggage, Booking, Condition, Conditions, Price};
pub(crate) use slice::complete;
pub use slice::{Segment, Slice, is_carrier_code};

/// The currency of an offer whose supplier names none.
pub const DEFAULT_CURRENCY: Currency = Currency::IDR;

/// One itinerary that can be bought, for all passengers of the search together.
///
/// The fields up to `id` tell the first slice and the best price. An offer without `slices` has one slice, of which only
/// they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// Carrier code and number, `GA57`; of a connection, each flight's, joined by `/`: `GA57/GA402`. Of the first slice.
    pub flight_number: String,
    /// The best price for all passengers together, in whole units of `currency`, rounded up.
    pub price: u64,
    /// The best price's currency.
    pub currency: Currency,
    /// Name of the carrier that operates the first flight.
    pub carrier: String,
    /// Airport of departure, also when the search named a city.
    pub origin: IataCode,
    /// Airport of arrival of the first slice, also when the search named a city.
    pub destination: IataCode,
    /// Departure in the origin's local time.
    pub departure: LocalTime,
    /// Arrival of the first slice in the destination's local time.
    pub arrival: LocalTime,
    /// From departure to arrival of the first slice, in minutes.
    pub duration_minutes: u32,
    /// Landings on the way of the first slice.
    pub stops: u8,
    /// Who sells it, the cheapest first. Filled in when answers are merged.
    #[serde(default)]
    pub suppliers: Vec<SupplierCode>,
    /// Names the itinerary in its cabin: offers of several suppliers that have the same id are the same flights. Workers
    /// of versions before 0.2 do not write it.
    #[serde(default, skip_serializing_if = "OfferId::is_unset")]
    pub id: OfferId,
    /// The class of service; absent if the supplier does not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub cabin: Option<Cabin>,
    /// The parts of the trip, in the order in which they are flown. Without them, there is one, of which only the fields
    /// above are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<Slice>,
    /// What it costs from each seller and in each fare brand, the cheapest first. Workers of versions before 0.2 do not
    /// write them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<Price>,
    /// `false` if no exchange rate compares the best price with others: the offer then comes after all that can be
    /// compared. Absent otherwise.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub comparable: bool,
    /// The position in the order of price and duration together, from 1. Only in the results of a search, not in
    /// partials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub best_rank: Option<u32>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_yes(comparable: &bool) -> bool {
    *comparable
}

/// Sorts prices as `currency` compares them, and keeps the cheapest of each seller and fare brand. The time grows with the
/// square of their number.
pub fn rank_prices(prices: &mut Vec<Price>, currency: Currency) {
    prices.sort_by(|a, b| a.cmp_in(b, currency));
    let mut kept: Vec<Price> = Vec::with_capacity(prices.len());
    for price in prices.drain(..) {
        if !kept.iter().any(|other| other.is_sold_like(&price)) {
            kept.push(price);
        }
    }
    *prices = kept;
}

impl Offer {
    /// Gives an offer without `prices` the one that its flat fields tell, from this supplier.
    pub fn ensure_priced(&mut self, supplier: &SupplierCode) {
        if self.prices.is_empty() {
            let total = Amount::units(self.price, self.currency).unwrap_or(Amount::ZERO);
            self.prices.push(Price::new(supplier.clone(), total, self.currency));
        }
    }

    /// Sorts the prices as `currency` compares them, keeps the cheapest of each seller and fare brand, and sets what the
    /// offer tells of the best one.
    pub fn rank_prices(&mut self, currency: Currency) {
        rank_prices(&mut self.prices, currency);
        if let Some(best) = self.prices.first() {
            self.price = best.total.units_rounded_up();
            self.currency = best.currency;
            self.comparable = best.comparable_in(currency).is_some();
        }
    }

    /// From the departure to the arrival of each slice, together, in minutes.
    #[must_use]
    pub fn total_minutes(&self) -> u32 {
        let slices = self.slices.iter().map(|slice| slice.duration_minutes);
        if self.slices.is_empty() { self.duration_minutes } else { slices.sum() }
    }
}
