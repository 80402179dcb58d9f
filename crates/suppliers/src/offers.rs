//! Checks a supplier's offers one by one and keeps the cheapest.

mod flight_number;

use airports::Airports;
use contracts::{
    Cabin, Currency, IataCode, LocalTime, Offer, PriceCheck, SearchQuery,
    offer::{self, MAX_PRICES, OfferId},
    outcome::{Ranking, keep_cheapest, unite},
    search,
};

use crate::{
    error::{Mismatch, RejectedOffer, SupplierError},
    transcript::Transcript,
};

/// How many days an offer may depart before or after the date searched for: flights around midnight, and suppliers
/// that count dates in another time zone.
const MAX_DAYS_OFF: u64 = 1;

/// The smallest number of offers to collect before the most expensive are dropped. Small lists are rarely sorted
/// this way.
const MIN_CAPACITY: usize = 64;

/// About what the texts, slices and prices of an offer take in memory, in bytes: two slices of two segments, and three
/// prices.
const NESTED_BYTES: usize = 3 * 1024;

/// The offers of one supplier for one search. Those of the same itinerary become one with several prices.
///
/// Invalid offers and offers for another search are rejected and counted. Of the valid ones, only the cheapest are
/// kept, and the others counted.
pub(crate) struct OfferCollector<'a> {
    query: &'a SearchQuery,
    airports: &'a Airports,
    /// The cabin of offers that tell none.
    untold_cabin: Option<Cabin>,
    /// The price that is asked for; all, if absent.
    check: Option<&'a PriceCheck>,
    /// What prices are compared in. Those in other currencies are compared later, by the exchange rates.
    currency: Currency,
    max_offers: usize,
    offers: Vec<Offer>,
    /// How many offers were added or rejected: the index of the next one.
    count: usize,
    /// How many valid offers were dropped because they are not among the cheapest.
    dropped: usize,
    rejected: usize,
    /// Whether an offer was valid, whatever became of it.
    has_valid: bool,
    response_bytes: u64,
    /// Boxed, because tens of thousands of searches may be in progress.
    first_rejection: Option<Box<RejectedOffer>>,
    /// Only of a call that is shown to a person.
    transcript: Option<Box<Transcript>>,
}

/// What was collected of a complete response.
#[derive(Debug)]
pub(crate) struct CollectedOffers {
    pub(crate) offers: Vec<Offer>,
    /// How many valid offers the response has, dropped ones included.
    pub(crate) valid: usize,
    pub(crate) rejected: usize,
    pub(crate) first_rejection: Option<Box<RejectedOffer>>,
}

/// What an offer tells of a slice.
struct Flown {
    origin: IataCode,
    destination: IataCode,
    departure: LocalTime,
    arrival: LocalTime,
    stops: u8,
}

impl Flown {
    /// The only slice of an offer.
    fn of_offer(offer: &Offer) -> Self {
        let Offer { origin, destination, departure, arrival, stops, .. } = *offer;
        Self { origin, destination, departure, arrival, stops }
    }

    fn of_slice(slice: &offer::Slice) -> Self {
        let offer::Slice { origin, destination, departure, arrival, stops, .. } = *slice;
        Self { origin, destination, departure, arrival, stops }
    }
}

impl<'a> OfferCollector<'a> {
    /// An empty collector that keeps about the `max_offers` cheapest offers.
    pub(crate) fn new(query: &'a SearchQuery, airports: &'a Airports, max_offers: usize) -> Self {
        Self {
            query,
            airports,
            untold_cabin: query.cabin,
            check: None,
            currency: query.currency.unwrap_or_default(),
            max_offers,
            offers: Vec::new(),
            count: 0,
            dropped: 0,
            rejected: 0,
            has_valid: false,
            response_bytes: 0,
            first_rejection: None,
            transcript: None,
        }
    }

    /// Keeps only the offer of a price check, however expensive it is.
    pub(crate) fn only(mut self, check: Option<&'a PriceCheck>) -> Self {
        self.check = check;
        self
    }

    /// The lowest cabin that the supplier sells is that of offers that tell none, unless one was searched: then they are in
    /// that.
    pub(crate) fn in_cabin(self, lowest: Option<Cabin>) -> Self {
        Self { untold_cabin: self.query.cabin.or(lowest), ..self }
    }

    /// The price check whose offer is kept, if it is one.
    pub(crate) fn check(&self) -> Option<&'a PriceCheck> {
        self.check
    }

    /// Records what is sent, received and read.
    pub(crate) fn recording(self) -> Self {
        Self { transcript: Some(Box::default()), ..self }
    }

    /// The transcript, if there is one.
    pub(crate) fn transcript(&mut self) -> Option<&mut Transcript> {
        self.transcript.as_deref_mut()
    }

    /// Reserves space for this many offers.
    pub(crate) fn reserve(&mut self, count: usize) {
        let count = if self.check.is_some() { 1 } else { count };
        self.offers.reserve_exact(count.min(self.capacity()));
    }

    /// Counts bytes that were read of the response.
    pub(crate) fn count_bytes(&mut self, bytes: &[u8]) {
        self.response_bytes += bytes.len() as u64;
        if let Some(transcript) = self.transcript() {
            transcript.body(bytes);
        }
    }

    /// How many bytes of the response were read.
    pub(crate) fn response_bytes(&self) -> u64 {
        self.response_bytes
    }

    /// Adds an offer, or rejects it if it is invalid or for another search.
    pub(crate) fn add(&mut self, mut offer: Offer) {
        offer.cabin = offer.cabin.or(self.untold_cabin);
        flight_number::normalize(&mut offer);
        offer.id = OfferId::of(&offer);
        let index = self.count;
        if let Err(problem) = offer.check() {
            self.reject(RejectedOffer::Invalid { index, problem });
        } else if let Err(mismatch) = self.check_matches_query(&offer) {
            self.reject(RejectedOffer::Mismatch { index, mismatch });
        } else {
            self.count += 1;
            self.has_valid = true;
            if self.check.is_some_and(|check| check.offer_id != offer.id) {
                return;
            }
            if let Some(transcript) = self.transcript() {
                transcript.read(index, &offer);
            }
            self.offers.push(offer);
            if self.offers.len() >= self.capacity() {
                self.drop_expensive();
            }
        }
    }

    /// Counts an offer that can't be added.
    pub(crate) fn reject(&mut self, reason: impl Into<RejectedOffer>) {
        self.count += 1;
        self.reject_fare(reason);
    }

    /// Counts an offer without any fare to add: all are bad, or it `is_valid`, but has not the fare of the price check.
    pub(crate) fn pass_over(&mut self, is_valid: bool) {
        self.count += 1;
        self.has_valid |= is_valid;
    }

    /// Counts a fare that can't be added, of the last offer.
    pub(crate) fn reject_fare(&mut self, reason: impl Into<RejectedOffer>) {
        self.rejected += 1;
        let reason = reason.into();
        if let Some(transcript) = self.transcript() {
            transcript.left_out(&reason);
        }
        // What a price check asks for may be one that can't be read, not one for another search.
        let tells_more =
            |first: &RejectedOffer| self.check.is_some() && matches!(first, RejectedOffer::Mismatch { .. });
        if self.first_rejection.as_deref().is_none_or(tells_more) {
            self.first_rejection = Some(Box::new(reason));
        }
    }

    /// The collected offers. Fails if every offer was rejected, unless the first is a valid offer for another search:
    /// a supplier that has only those has nothing for this one. A price check whose offer was not found fails if any was
    /// rejected as invalid: it may be that one.
    pub(crate) fn finish(mut self) -> Result<CollectedOffers, SupplierError> {
        if let Some(check) = self.check {
            check.retain(&mut self.offers);
        }
        self.unite_fares();
        // Those for another search are not what is searched.
        let is_unreadable = |reason: &RejectedOffer| !matches!(reason, RejectedOffer::Mismatch { .. });
        let Self { offers, dropped, rejected, first_rejection, .. } = self;
        match first_rejection {
            Some(reason) if offers.is_empty() && is_unreadable(&reason) => {
                Err(if self.check.is_some() && self.has_valid {
                    SupplierError::MayBeUnreadable { count: rejected, reason }
                } else {
                    SupplierError::NoValidOffer { count: rejected, reason }
                })
            }
            first_rejection => {
                Ok(CollectedOffers { valid: offers.len() + dropped, offers, rejected, first_rejection })
            }
        }
    }

    /// The most memory that the collected offers take, in bytes, if at most `count` are added.
    pub(crate) fn max_bytes(&self, count: usize) -> usize {
        // Twice, because growing and sorting copy the list.
        self.capacity().min(count) * (2 * size_of::<Offer>() + NESTED_BYTES)
    }

    /// How many offers are collected before the most expensive are dropped.
    fn capacity(&self) -> usize {
        self.max_offers.saturating_mul(2).max(MIN_CAPACITY)
    }

    /// Makes one offer of all fares of an itinerary.
    fn unite_fares(&mut self) {
        unite(&mut self.offers, self.currency);
        for offer in &mut self.offers {
            offer.prices.truncate(MAX_PRICES);
        }
    }

    fn drop_expensive(&mut self) {
        self.unite_fares();
        let before = self.offers.len();
        keep_cheapest(&mut self.offers, Ranking { currency: self.currency, max: self.max_offers });
        self.dropped += before - self.offers.len();
    }

    fn check_matches_query(&self, offer: &Offer) -> Result<(), Mismatch> {
        let wanted = self.query.slices.iter().count();
        if offer.slices.is_empty() && wanted == 1 {
            self.check_slice(self.query.first(), &Flown::of_offer(offer))?;
        } else if offer.slices.len() == wanted {
            let offered = offer.slices.iter().map(Flown::of_slice);
            self.query
                .slices
                .iter()
                .zip(offered)
                .try_for_each(|(slice, offered)| self.check_slice(slice, &offered))?;
        } else {
            return Err(Mismatch::Slices(offer.slices.len().max(1)));
        }
        match (self.query.cabin, offer.cabin) {
            (Some(wanted), Some(cabin)) if cabin < wanted => Err(Mismatch::Cabin(cabin)),
            _ => Ok(()),
        }
    }

    fn check_slice(&self, slice: &search::Slice, offered: &Flown) -> Result<(), Mismatch> {
        let Flown { origin, destination, departure, arrival, stops } = *offered;
        if !self.serves(slice.origin(), origin) {
            return Err(Mismatch::Origin(origin));
        }
        if !self.serves(slice.destination(), destination) {
            return Err(Mismatch::Destination(destination));
        }
        let date = departure.date();
        let days = date.duration_since(slice.date().civil()).as_hours().unsigned_abs() / 24;
        if days > MAX_DAYS_OFF {
            return Err(Mismatch::Date(date));
        }
        if !slice.departure().contains(departure.minute_of_day()) {
            return Err(Mismatch::Departure(departure));
        }
        if !slice.arrival().contains(arrival.minute_of_day()) {
            return Err(Mismatch::Arrival(arrival));
        }
        match self.query.max_stops {
            Some(most) if stops > most.get() => Err(Mismatch::Stops(stops)),
            _ => Ok(()),
        }
    }

    /// Whether `offered` is the airport or city searched for, or an airport of that city.
    fn serves(&self, searched: IataCode, offered: IataCode) -> bool {
        // A code of both an airport and its city means the airport.
        let city = || self.airports.city(searched).filter(|_| self.airports.airport(searched).is_none());
        searched == offered || city().is_some_and(|city| city.airports.contains(&offered))
    }
}

#[cfg(test)]
mod tests;
