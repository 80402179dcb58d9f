//! Price checks: what one seller asks for one offer now.
//!
//! A check is a search of its own kind. Its job and its record have the fields of the search that found the offer, that
//! one seller as `suppliers`, and a further field `check`: a [`PriceCheck`]. So it ends as a search ends. What the seller
//! says is an answer like any other, with the offer as it is now, or without any. A [`CheckResult`] follows from that
//! answer, whichever process ends the check.

mod request;
mod result;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use request::CheckRequest;
pub use result::{CheckOutcome, CheckResult};

use crate::{Amount, Currency, Offer, SearchId, SupplierCode, offer::OfferId, offer::Price};

/// The lowest [`DEFINITION_VERSION`](crate::search::DEFINITION_VERSION) of a worker that knows price checks. An older one
/// would search instead.
pub const CHECKS_SINCE: u32 = 3;

/// A price that is to be asked for again. Its form in Redis is JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceCheck {
    /// The search that found the offer.
    pub search_id: SearchId,
    /// The offer: the same flights in the same cabin have the same id whenever they are found.
    pub offer_id: OfferId,
    /// The seller.
    pub supplier: SupplierCode,
    /// The fare brand of the price; absent if the seller told none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fare_brand: Option<String>,
    /// The seller's own name for the offer, if it told one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_ref: Option<String>,
    /// What the search found.
    pub before: Total,
}

/// What all passengers pay together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// The amount.
    pub total: Amount,
    /// Its currency.
    pub currency: Currency,
}

impl Total {
    /// That of a price.
    #[must_use]
    pub fn of(price: &Price) -> Self {
        Self { total: price.total, currency: price.currency }
    }
}

impl PriceCheck {
    /// The check of a price of this offer, which the search found.
    #[must_use]
    pub fn new(search_id: SearchId, offer_id: OfferId, price: &Price) -> Self {
        Self {
            search_id,
            offer_id,
            supplier: price.supplier.clone(),
            fare_brand: price.fare_brand.clone(),
            offer_ref: price.offer_ref.clone(),
            before: Total::of(price),
        }
    }

    /// Whether it asks for this price: that of its seller in its fare brand, as one booking.
    #[must_use]
    pub fn is_for(&self, price: &Price) -> bool {
        self.supplier == price.supplier && self.fare_brand == price.fare_brand && price.bookings.is_empty()
    }

    /// Keeps the offer that it asks for, with that one price.
    pub fn retain(&self, offers: &mut Vec<Offer>) {
        offers.retain_mut(|offer| {
            offer.ensure_priced(&self.supplier);
            offer.prices.retain(|price| self.is_for(price));
            offer.id == self.offer_id && !offer.prices.is_empty()
        });
    }
}

/// The text is no price check.
#[derive(Debug, thiserror::Error)]
#[error("is no price check: {0}")]
pub struct InvalidPriceCheck(#[from] serde_json::Error);

impl FromStr for PriceCheck {
    type Err = InvalidPriceCheck;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(serde_json::from_str(text)?)
    }
}

impl fmt::Display for PriceCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    fn check() -> PriceCheck {
        let price = samples::price("GA", "900000", "IDR");
        PriceCheck::new(SearchId::from_bytes([7; 16]), "8a3f5e0c92d14b67".parse().unwrap(), &price)
    }

    #[test]
    fn reads_what_it_writes() {
        let plain = PriceCheck { fare_brand: None, offer_ref: None, ..check() };
        for check in [check(), plain] {
            assert_eq!(check.to_string().parse::<PriceCheck>().unwrap(), check);
        }
        assert!(!plain_text().contains("fare_brand"), "what is not known is left out");
    }

    fn plain_text() -> String {
        PriceCheck { fare_brand: None, offer_ref: None, ..check() }.to_string()
    }

    #[test]
    fn keeps_one_price_of_one_offer() {
        let wanted = Offer { id: check().offer_id, ..samples::round_trip() };
        let mut in_two_fares = wanted.clone();
        in_two_fares.prices =
            vec![Price { fare_brand: None, ..wanted.prices[0].clone() }, wanted.prices[0].clone()];
        let other = Offer { id: "0000000000000001".parse().unwrap(), ..wanted.clone() };
        let mut offers = vec![other, in_two_fares];
        check().retain(&mut offers);
        assert_eq!(offers, std::slice::from_ref(&wanted));

        let flat = Offer { prices: Vec::new(), ..wanted };
        let mut offers = vec![flat];
        PriceCheck { fare_brand: None, ..check() }.retain(&mut offers);
        assert_eq!(offers[0].prices.len(), 1, "the flat fields tell a price");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}", brand in "\\PC{0,12}", total in "\\PC{0,12}") {
            let _ = text.parse::<PriceCheck>();
            let mut json = serde_json::to_value(check()).unwrap();
            json["fare_brand"] = brand.as_str().into();
            let read = json.to_string().parse::<PriceCheck>().unwrap();
            prop_assert_eq!(read.fare_brand.as_deref(), Some(brand.as_str()));
            json["before"]["total"] = total.into();
            let _ = json.to_string().parse::<PriceCheck>();
        }
    }
}
