use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::Booking;
use crate::{Amount, Currency, ExchangeRates, SupplierCode};

/// What an itinerary costs from one seller in one fare brand, for all passengers together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    /// Who sells it; of two bookings, who sells the first.
    pub supplier: SupplierCode,
    /// The price; of two bookings in different currencies, in the search's currency by the exchange rates.
    pub total: Amount,
    /// The currency of all amounts of this price.
    pub currency: Currency,
    /// The part of `total` that the carrier asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub base: Option<Amount>,
    /// The part of `total` that is taxes and charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub tax: Option<Amount>,
    /// The carrier's name for the fare, `Eco Flex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub fare_brand: Option<String>,
    /// `total` in the search's currency. Absent if it is the seller's own, or if there is no exchange rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub approximate: Option<Approximate>,
    /// What each passenger may take along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub baggage: Option<Baggage>,
    /// What may be changed before the departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub conditions: Option<Conditions>,
    /// How many seats are left at this price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub seats_left: Option<u16>,
    /// When the supplier answered, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, value_type = String, format = DateTime))]
    pub fetched_at: Option<Timestamp>,
    /// Until when the supplier sells at this price, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, value_type = String, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// Where a person can buy it: an http or https URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub deep_link: Option<String>,
    /// The supplier's name for this offer, to buy it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub offer_ref: Option<String>,
    /// The two bookings that it is made of, one for each slice of a return: each is sold on its own, with its own
    /// conditions. Absent if there is only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub bookings: Vec<Booking>,
}

/// A price in another currency, by an exchange rate that is published once a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approximate {
    /// The price.
    pub total: Amount,
    /// The search's currency.
    pub currency: Currency,
    /// The day of the rate.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub rate_date: Date,
}

/// What each passenger may take along. What is absent is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Baggage {
    /// Pieces in the cabin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub cabin_pieces: Option<u8>,
    /// Checked pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub checked_pieces: Option<u8>,
    /// Weight of all checked pieces together, in kilograms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub checked_kg: Option<u16>,
}

/// What may be changed before the departure. What is absent is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conditions {
    /// Another flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub change: Option<Condition>,
    /// The money back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub refund: Option<Condition>,
}

/// Whether something is allowed, and for which fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Condition {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The fee, in the price's currency; absent if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub penalty: Option<Amount>,
}

impl Price {
    /// A price of which nothing else is known.
    #[must_use]
    pub fn new(supplier: SupplierCode, total: Amount, currency: Currency) -> Self {
        Self {
            supplier,
            total,
            currency,
            base: None,
            tax: None,
            fare_brand: None,
            approximate: None,
            baggage: None,
            conditions: None,
            seats_left: None,
            fetched_at: None,
            expires_at: None,
            deep_link: None,
            offer_ref: None,
            bookings: Vec::new(),
        }
    }

    /// Who sells it, the first booking's seller first.
    pub fn sellers(&self) -> impl Iterator<Item = &SupplierCode> {
        std::iter::once(&self.supplier)
            .chain(self.bookings.iter().skip(1).map(|booking| &booking.price.supplier))
    }

    /// Whether it is sold by the same sellers in the same fare brands. Of such prices, only the cheapest is kept.
    pub(crate) fn is_sold_like(&self, other: &Self) -> bool {
        self.supplier == other.supplier
            && self.fare_brand == other.fare_brand
            && self.booked().eq(other.booked())
    }

    /// Seller and fare brand of each booking.
    fn booked(&self) -> impl Iterator<Item = (&SupplierCode, Option<&String>)> {
        self.bookings.iter().map(|booking| (&booking.price.supplier, booking.price.fare_brand.as_ref()))
    }

    /// Sets `approximate`, if the price is in another currency than `currency` and both have a rate.
    pub fn approximate_in(&mut self, currency: Currency, rates: Option<&ExchangeRates>) {
        self.approximate = rates.filter(|_| self.currency != currency).and_then(|rates| {
            let total = rates.convert(self.total, self.currency, currency)?;
            Some(Approximate { total, currency, rate_date: rates.date() })
        });
    }

    /// The price in `currency`: its own, or the approximate one.
    #[must_use]
    pub fn comparable_in(&self, currency: Currency) -> Option<Amount> {
        let approximate = || self.approximate.filter(|approximate| approximate.currency == currency);
        if self.currency == currency { Some(self.total) } else { approximate().map(|other| other.total) }
    }

    /// The order of prices: by amount in `currency`; those without one last, by currency and amount. Then by seller and
    /// fare brand; one booking before two.
    pub(crate) fn cmp_in(&self, other: &Self, currency: Currency) -> Ordering {
        self.level(currency)
            .cmp(&other.level(currency))
            .then_with(|| self.supplier.cmp(&other.supplier))
            .then_with(|| self.fare_brand.cmp(&other.fare_brand))
            .then_with(|| self.booked().cmp(other.booked()))
    }

    /// How cheap it is: lower is cheaper. Prices in currencies without a rate are not comparable with others.
    pub(crate) fn level(&self, currency: Currency) -> Level {
        match self.comparable_in(currency) {
            Some(total) => Level::Comparable(total),
            None => Level::of(self.total, self.currency, currency),
        }
    }
}

/// How cheap a price is, in the order of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// In the search's currency.
    Comparable(Amount),
    /// In another currency, without a rate.
    Other(Currency, Amount),
}

impl Level {
    /// How cheap an amount is that is in another currency than the search's, or not.
    pub(crate) fn of(total: Amount, own: Currency, searched: Currency) -> Self {
        if own == searched { Self::Comparable(total) } else { Self::Other(own, total) }
    }
}
