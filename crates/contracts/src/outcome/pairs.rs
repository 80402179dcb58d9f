//! Returns that are booked as two one-ways.
//!
//! A supplier that sells only one way is asked for both ways of a return. Its answer has its own pairs as offers, so that
//! they arrive with it, and the one-ways that they are made of. When the search ends, the one-ways of all such suppliers
//! are paired again: the way out of one with the way back of another.
//!
//! Each time, the cheapest pairs are kept, at most [`MAX_PAIRS`]. A way back must depart after the way out arrives, so
//! on the same day the cheapest one-ways may not fit together. So of each direction these are kept: the
//! [`MAX_ONE_WAYS`] cheapest, and each that leaves more time for the other way than every cheaper one. The cheapest
//! pair is made of these, unless more than [`MAX_PAIRS`] qualify: then the dearest are dropped. The result depends
//! neither on the order of answers nor on which process ends the search.

use std::{cmp::Reverse, collections::HashMap};

use serde::{Deserialize, Serialize};

use super::merge::{Ranking, keep_cheapest, unite};
use crate::{
    Currency, Offer, SupplierCode,
    offer::{Booking, OfferId, Price, Segment, Slice, complete},
};

/// How many of the cheapest one-ways of each direction are kept, however little time they leave for the other way. Each
/// way out is paired with as many ways back, the cheapest that depart after it arrives.
pub const MAX_ONE_WAYS: usize = 6;

/// The most pairs: those of one supplier, and again those of all together.
pub const MAX_PAIRS: usize = MAX_ONE_WAYS * MAX_ONE_WAYS;

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

    /// Keeps what may be part of the cheapest pairs, at its cheapest price.
    pub(super) fn keep_pairable(&mut self, currency: Currency) {
        keep_pairable(&mut self.there, currency, |offer| offer.arrival.timestamp());
        keep_pairable(&mut self.back, currency, |offer| Reverse(offer.departure.timestamp()));
        for offers in self.directions() {
            for offer in offers.iter_mut() {
                offer.prices.truncate(1);
            }
            offers.shrink_to_fit();
        }
    }

    /// The cheapest pairs, the cheapest first.
    pub(super) fn pairs(&self, currency: Currency) -> Vec<Offer> {
        let cheapest = Ranking { currency, max: MAX_PAIRS };
        let mut pairs = Vec::new();
        for there in &self.there {
            let with_each = self.back.iter().filter_map(|back| pair(there, back, currency));
            pairs.extend(with_each.take(MAX_ONE_WAYS));
            // Not only at the end: there may be as many ways out as a response has offers.
            if pairs.len() > 2 * MAX_PAIRS {
                keep_cheapest(&mut pairs, cheapest);
            }
        }
        keep_cheapest(&mut pairs, cheapest);
        pairs
    }
}

/// Sorts one-ways of one direction, and keeps the [`MAX_ONE_WAYS`] cheapest and those whose `time` is before that of all
/// cheaper ones, at most [`MAX_PAIRS`]. Prices that can't be compared are only compared with those in the same currency.
fn keep_pairable<T: Ord>(offers: &mut Vec<Offer>, currency: Currency, time: impl Fn(&Offer) -> T) {
    keep_cheapest(offers, Ranking { currency, max: usize::MAX });
    let (mut seen, mut earliest) = (0, HashMap::new());
    offers.retain(|offer| {
        seen += 1;
        let compared_in = if offer.comparable { currency } else { offer.currency };
        let time = time(offer);
        let leaves_more_time = earliest.get(&compared_in).is_none_or(|earliest| time < *earliest);
        if leaves_more_time {
            earliest.insert(compared_in, time);
        }
        leaves_more_time || seen <= MAX_ONE_WAYS
    });
    offers.truncate(MAX_PAIRS);
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
    all.keep_pairable(currency);
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
        // The lower, as of any offer whose flights are in different cabins. The flights tell which is in which.
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

/// The slice of an offer that has only one, each flight with its cabin. If only its ends are known, it is one segment with
/// its flight number.
fn only_slice(offer: &Offer) -> Slice {
    if let Some(slice) = offer.slices.first() {
        let mut slice = slice.clone();
        for segment in &mut slice.segments {
            complete(&mut segment.cabin, offer.cabin.as_ref());
        }
        return slice;
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
