//! Returns that are booked as two one-ways.
//!
//! A supplier that sells only one way is asked for both ways of a return. Its answer has its own pairs as offers, so that
//! they arrive with it, and the one-ways that they are made of. When the search ends, the one-ways of all such suppliers
//! are paired again: the way out of one with the way back of another. Only the [`MAX_ONE_WAYS`] cheapest of each direction
//! are paired, so that their number is bounded, and depends neither on the order of answers nor on which process ends the
//! search.

use serde::{Deserialize, Serialize};

use super::merge::{Ranking, keep_cheapest, unite};
use crate::{
    Currency, Offer, SupplierCode,
    offer::{Booking, OfferId, Price, Segment, Slice},
};

/// The most one-ways of each direction that are paired: those of one supplier, and again those of all together.
pub const MAX_ONE_WAYS: usize = 6;

/// What one supplier sells for each way of a return, each way on its own. Offers of one slice, the cheapest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneWays {
    /// The way out.
    pub there: Vec<Offer>,
    /// The way back.
    pub back: Vec<Offer>,
}

impl OneWays {
    /// Both directions.
    pub(super) fn directions(&mut self) -> [&mut Vec<Offer>; 2] {
        [&mut self.there, &mut self.back]
    }

    /// Keeps the cheapest of each direction at their cheapest price: no others are paired.
    pub(super) fn cap(&mut self, currency: Currency) {
        for offers in self.directions() {
            keep_cheapest(offers, Ranking { currency, max: MAX_ONE_WAYS });
            for offer in offers.iter_mut() {
                offer.prices.truncate(1);
            }
            offers.shrink_to_fit();
        }
    }

    /// Each way out with each way back that departs after it arrives.
    pub(super) fn pairs(&self, currency: Currency) -> Vec<Offer> {
        let with_each = |there| self.back.iter().filter_map(move |back| pair(there, back, currency));
        self.there.iter().flat_map(with_each).collect()
    }
}

/// The pairs that only several suppliers together can sell, and some that one of them sells as well.
pub(super) fn across(one_ways: Vec<(SupplierCode, OneWays)>, currency: Currency) -> Vec<Offer> {
    if one_ways.len() < 2 {
        return Vec::new();
    }
    let mut all = OneWays::default();
    for (supplier, mut own) in one_ways {
        for (all, own) in all.directions().into_iter().zip(own.directions()) {
            for mut offer in own.drain(..) {
                offer.ensure_priced(&supplier);
                all.push(offer);
            }
        }
    }
    for offers in all.directions() {
        unite(offers, currency);
    }
    all.cap(currency);
    all.pairs(currency)
}

/// The return of these one-ways, at the best price of each. `None` if the way back departs before the way out arrives, or
/// if their total can't be told.
fn pair(there: &Offer, back: &Offer, currency: Currency) -> Option<Offer> {
    if back.departure.timestamp() < there.arrival.timestamp() {
        return None;
    }
    let price = Price::of_bookings(booking(there)?, booking(back)?, currency)?;
    let mut offer = Offer {
        price: price.total.units_rounded_up(),
        currency: price.currency,
        comparable: price.comparable_in(currency).is_some(),
        // The lower, as of an offer whose flights are in different cabins.
        cabin: there.cabin.zip(back.cabin).map(|(there, back)| there.min(back)),
        slices: vec![only_slice(there), only_slice(back)],
        prices: vec![price],
        suppliers: Vec::new(),
        best_rank: None,
        ..there.clone()
    };
    offer.id = OfferId::of(&offer);
    Some(offer)
}

fn booking(offer: &Offer) -> Option<Booking> {
    offer.prices.first().map(|best| Booking { offer_id: offer.id, price: best.clone() })
}

/// The slice of an offer that has only one. If only its ends are known, it is one segment with its flight number.
fn only_slice(offer: &Offer) -> Slice {
    if let Some(slice) = offer.slices.first() {
        return slice.clone();
    }
    let Offer { origin, destination, departure, arrival, duration_minutes, stops, cabin, .. } = *offer;
    let (carrier, flight_number) = carrier_and_number(offer);
    let segment = Segment {
        carrier,
        flight_number,
        operating_carrier: None,
        origin,
        origin_terminal: None,
        destination,
        destination_terminal: None,
        departure,
        arrival,
        duration_minutes,
        aircraft: None,
        cabin,
    };
    Slice { origin, destination, departure, arrival, duration_minutes, stops, segments: vec![segment] }
}

/// `GA` and `402` of `GA402`, so that the pair has the id that it has from suppliers that tell its flights. Otherwise the
/// carrier's name and the whole number.
fn carrier_and_number(offer: &Offer) -> (String, String) {
    let is_code = |code: &str| {
        code.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && code.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let split = offer.flight_number.split_at_checked(2);
    match split.filter(|(code, rest)| is_code(code) && rest.starts_with(|char: char| char.is_ascii_digit())) {
        Some((code, number)) => (code.to_owned(), number.to_owned()),
        None => (offer.carrier.clone(), offer.flight_number.clone()),
    }
}

#[cfg(test)]
mod tests;
