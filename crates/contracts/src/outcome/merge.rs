use std::collections::HashMap;

use crate::{
    Amount, Currency, Offer, SupplierCode,
    offer::{Level, OfferId, Price, Slice, complete},
    size::fitting,
};

/// How a search's offers are compared, and how many are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ranking {
    /// The currency that prices are compared in.
    pub currency: Currency,
    /// The most offers.
    pub max: usize,
}

/// Merges the suppliers' offers. Offers of the same itinerary become one, with all suppliers' prices, the cheapest
/// first: one for each seller and fare brand, or for each two of these if a return has two bookings. Its flights are
/// described as by the cheapest seller; what that one leaves out comes from the next.
///
/// Sorted by price in the currency of `ranking`, then departure, then flight number. Offers whose price can't be compared
/// come last. Keeps at most `ranking.max` and at most [`MAX_OFFERS_BYTES`](crate::MAX_OFFERS_BYTES), and ranks those by
/// price and duration together. Returns the offers kept and the number before that limit. In whatever order the answers
/// are, the result is the same.
#[must_use]
pub fn merge(
    answers: impl IntoIterator<Item = (SupplierCode, Vec<Offer>)>,
    ranking: Ranking,
) -> (Vec<Offer>, usize) {
    let currency = ranking.currency;
    let mut offers: Vec<Offer> = Vec::new();
    for (supplier, answer) in answers {
        offers.extend(answer.into_iter().map(|mut offer| {
            if offer.id.is_unset() {
                offer.id = OfferId::of(&offer);
            }
            offer.ensure_priced(&supplier);
            offer.rank_prices(currency);
            offer
        }));
    }
    unite(&mut offers, currency);
    for offer in &mut offers {
        offer.suppliers.clear();
        for seller in offer.prices.iter().flat_map(Price::sellers) {
            if !offer.suppliers.contains(seller) {
                offer.suppliers.push(seller.clone());
            }
        }
    }
    let total = offers.len();
    // Reserves the size of the rank, which is set below for the offers that are kept.
    for offer in &mut offers {
        offer.best_rank = Some(u32::MAX);
    }
    offers.truncate(fitting(&offers, ranking.max));
    super::best::rank(&mut offers, currency);
    (offers, total)
}

/// Makes one offer of all that have the same id, and sorts them like [`merge`].
pub fn unite(offers: &mut Vec<Offer>, currency: Currency) {
    sort(offers, currency);
    let mut united: Vec<Offer> = Vec::with_capacity(offers.len());
    let mut seen: HashMap<OfferId, usize> = HashMap::with_capacity(offers.len());
    for offer in offers.drain(..) {
        if let Some(first) = seen.get(&offer.id).and_then(|at| united.get_mut(*at)) {
            first.absorb(offer);
        } else {
            seen.insert(offer.id, united.len());
            united.push(offer);
        }
    }
    for offer in &mut united {
        offer.rank_prices(currency);
    }
    // The first of an itinerary has its best price, so they are in order already.
    *offers = united;
}

/// Sorts offers like [`merge`] and keeps the first.
pub fn keep_cheapest(offers: &mut Vec<Offer>, ranking: Ranking) {
    sort(offers, ranking.currency);
    offers.truncate(ranking.max);
}

fn sort(offers: &mut [Offer], currency: Currency) {
    offers.sort_by(|a, b| rank(a, currency).cmp(&rank(b, currency)).then_with(|| sellers(a).cmp(sellers(b))));
}

fn rank(offer: &Offer, currency: Currency) -> (Level, jiff::Timestamp, &str, OfferId) {
    (offer.level(currency), offer.departure.timestamp(), &offer.flight_number, offer.id)
}

fn sellers(offer: &Offer) -> impl Iterator<Item = &SupplierCode> {
    offer.prices.iter().map(|price| &price.supplier)
}

impl Offer {
    /// How cheap it is. Its prices are sorted.
    fn level(&self, currency: Currency) -> Level {
        match self.prices.first() {
            Some(best) => best.level(currency),
            None => Level::of(
                Amount::units(self.price, self.currency).unwrap_or(Amount::ZERO),
                self.currency,
                currency,
            ),
        }
    }

    /// Adds the prices of the same itinerary, and what only `other` tells of it.
    fn absorb(&mut self, other: Self) {
        self.prices.extend(other.prices);
        complete(&mut self.cabin, other.cabin.as_ref());
        // Only if it tells the same of the first slice. A further one of the same itinerary has the same flights.
        if (self.arrival, self.stops) == (other.arrival, other.stops)
            && tells_more(&other.slices, &self.slices)
        {
            self.slices = other.slices;
            return;
        }
        let own = self.slices.iter_mut().flat_map(|slice| &mut slice.segments);
        for (own, other) in own.zip(other.slices.iter().flat_map(|slice| &slice.segments)) {
            if own.is_same_flight(other) {
                own.complete_from(other);
            }
        }
    }
}

/// Whether `other` has flights where `own` has none, or one segment for several flights of which only the ends were known.
fn tells_more(other: &[Slice], own: &[Slice]) -> bool {
    let flights = |slices: &[Slice]| slices.first().map_or(0, |slice| slice.segments.len());
    flights(other) > flights(own)
}

#[cfg(test)]
mod tests;
