use serde::Serialize;

use super::JsonLine;
use crate::{Currency, Offer, offer::OfferId};

/// The fields of an offer that the replaced system has.
#[derive(Serialize)]
struct FewFields<'a> {
    flight_number: &'a str,
    price: u64,
    /// Only if it is not the one that all prices of the replaced system are in.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
}

/// The fields that an offer had when this system began.
fn flat(offer: &Offer) -> Offer {
    Offer {
        flight_number: offer.flight_number.clone(),
        carrier: offer.carrier.clone(),
        suppliers: offer.suppliers.clone(),
        id: OfferId::default(),
        cabin: None,
        slices: Vec::new(),
        prices: Vec::new(),
        comparable: true,
        best_rank: None,
        ..*offer
    }
}

/// Offers for consumers of the replaced system, which read them as JSON: an array of objects with the fields that its own
/// worker writes. With `all`, also those that this system's worker always added to them, such as times and carrier.
#[must_use]
pub fn flat_results(offers: &[Offer], all: bool) -> JsonLine {
    let json = if all {
        JsonLine::of(&offers.iter().map(flat).collect::<Vec<_>>())
    } else {
        let few = offers.iter().map(|Offer { flight_number, price, currency, .. }| FewFields {
            flight_number,
            price: *price,
            currency: (*currency != Currency::default()).then_some(*currency),
        });
        JsonLine::of(&few.collect::<Vec<_>>())
    };
    // Writing can't fail: offers are plain data.
    json.unwrap_or_else(|_| JsonLine::empty_array())
}
