use serde::{Deserialize, Serialize};

use super::{PriceCheck, Total};
use crate::{Offer, SearchId, SupplierCode, SupplierStatus, offer::OfferId};

/// What a price check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// The search that found the offer.
    pub search_id: SearchId,
    /// The offer.
    pub offer_id: OfferId,
    /// The seller.
    pub supplier: SupplierCode,
    /// The fare brand of the price; absent if the seller told none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub fare_brand: Option<String>,
    /// What became of the price.
    pub outcome: CheckOutcome,
    /// What the search found.
    pub before: Total,
    /// What the seller asks for now; absent unless it is `same` or `changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub now: Option<Total>,
}

/// What became of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CheckOutcome {
    /// The seller asks for the same amount in the same currency.
    Same,
    /// The seller asks for another amount, or in another currency.
    Changed,
    /// The seller no longer sells this offer in this fare brand.
    Gone,
    /// The seller has not answered: not yet, or not at all.
    Unknown,
}

impl CheckOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Same, Self::Changed, Self::Gone, Self::Unknown];

    /// The outcome as written to JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Unknown => "unknown",
        }
    }
}

impl PriceCheck {
    /// What follows from the seller's answer: the status in its report, if it has answered, and its offers.
    #[must_use]
    pub fn result(&self, status: Option<SupplierStatus>, offers: &[Offer]) -> CheckResult {
        let offer = offers.iter().find(|offer| offer.id == self.offer_id);
        let price = offer.and_then(|offer| offer.prices.iter().find(|price| self.is_for(price)));
        let now = price.map(Total::of);
        let outcome = match (now, status) {
            (Some(now), _) if now == self.before => CheckOutcome::Same,
            (Some(_), _) => CheckOutcome::Changed,
            // Skipped: it sells no such trips any more.
            (None, Some(SupplierStatus::Ok | SupplierStatus::Empty | SupplierStatus::Skipped)) => {
                CheckOutcome::Gone
            }
            (None, _) => CheckOutcome::Unknown,
        };
        let Self { search_id, offer_id, supplier, fare_brand, offer_ref: _, before } = self.clone();
        CheckResult { search_id, offer_id, supplier, fare_brand, outcome, before, now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_answer_decides() {
        let offer = Offer { id: "8a3f5e0c92d14b67".parse().unwrap(), ..samples::round_trip() };
        let check = PriceCheck::new(SearchId::from_bytes([7; 16]), offer.id, &offer.prices[0]);
        let with = |total: &str, currency: &str| {
            let mut offer = offer.clone();
            offer.prices = vec![samples::price("GA", total, currency)];
            check.result(Some(SupplierStatus::Ok), &[offer]).outcome
        };
        assert_eq!(with("900000", "IDR"), CheckOutcome::Same);
        assert_eq!(with("900001", "IDR"), CheckOutcome::Changed);
        assert_eq!(with("900000", "USD"), CheckOutcome::Changed);
        let without = |status| check.result(status, &[]).outcome;
        assert_eq!(without(None), CheckOutcome::Unknown);
        for status in SupplierStatus::ALL {
            let expected = match status {
                SupplierStatus::Ok | SupplierStatus::Empty | SupplierStatus::Skipped => CheckOutcome::Gone,
                SupplierStatus::Timeout | SupplierStatus::Error | SupplierStatus::Unavailable => {
                    CheckOutcome::Unknown
                }
            };
            assert_eq!(without(Some(status)), expected, "{status:?}");
        }
        let mut elsewhere = offer.clone();
        elsewhere.prices[0].fare_brand = Some("Eco Lite".into());
        assert_eq!(check.result(Some(SupplierStatus::Ok), &[elsewhere]).outcome, CheckOutcome::Gone);
    }

    #[test]
    fn each_outcome_is_written_as_its_label() {
        for outcome in CheckOutcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
    }
}
