//! What a supplier offers for a query: checked offer by offer, and only the cheapest kept.

use std::collections::HashSet;

use airports::Airports;
use contracts::{
    IataCode, Offer, SearchQuery,
    offer::{InvalidOffer, MAX_FLIGHT_NUMBER_BYTES, MAX_NAME_BYTES},
    outcome::keep_cheapest,
};

use super::{Malformed, SupplierError};

/// A flight may leave a day before or after the one asked for: around midnight, and where a supplier takes another
/// place's day, it does.
const DAYS_AROUND: u64 = 1;

/// Offers are collected at least up to so many before any is dropped, so that few are sorted often.
const LEAST_ROOM: usize = 64;

/// What a supplier offers for a query.
///
/// An offer that makes no sense, or is for something else than was asked for, is left out and counted, with the
/// first reason. More than the most that is kept are counted, too.
#[derive(Debug)]
pub struct Found<'a> {
    query: &'a SearchQuery,
    airports: &'a Airports,
    /// How many are kept.
    most: usize,
    offers: Vec<Offer>,
    /// How many there have been.
    seen: usize,
    /// How many of them are good, and not kept all the same.
    beyond: usize,
    wrong: usize,
    /// In a box, as tens of thousands of calls may be under way.
    first_wrong: Option<Box<Wrong>>,
}

/// Why an offer is left out.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// It can't be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It makes no sense.
    #[error("offer {index}: {problem}")]
    Senseless {
        /// Which offer, from 0.
        index: usize,
        /// What makes no sense.
        problem: InvalidOffer,
    },
    /// It is for something else than was asked for.
    #[error("offer {index}: {problem}")]
    NotAskedFor {
        /// Which offer, from 0.
        index: usize,
        /// What was not asked for.
        problem: NotAskedFor,
    },
}

/// What of an offer was not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAskedFor {
    /// It leaves from elsewhere.
    #[error("its origin {0} was not asked for")]
    Origin(IataCode),
    /// It goes elsewhere.
    #[error("its destination {0} was not asked for")]
    Destination(IataCode),
    /// It leaves on another day.
    #[error("it departs on {0}, more than a day from the date asked for")]
    Date(jiff::civil::Date),
}

/// What was found, when all has been read.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) offers: Vec<Offer>,
    /// How many good ones there were.
    pub(super) good: usize,
    /// How many were left out.
    pub(super) wrong: usize,
    /// Why the first of them was.
    pub(super) first_wrong: Option<Box<Wrong>>,
}

impl<'a> Found<'a> {
    /// Nothing so far. Of what is found for `query`, about the `most` cheapest are kept.
    #[must_use]
    pub fn new(query: &'a SearchQuery, airports: &'a Airports, most: usize) -> Self {
        Self { query, airports, most, offers: Vec::new(), seen: 0, beyond: 0, wrong: 0, first_wrong: None }
    }

    /// Makes room for so many offers.
    pub fn expect(&mut self, count: usize) {
        self.offers.reserve_exact(count.min(self.room()));
    }

    /// Adds an offer, if it makes sense and answers the question.
    pub fn add(&mut self, offer: Offer) {
        let index = self.seen;
        if let Err(problem) = offer.check() {
            self.skip(Wrong::Senseless { index, problem });
        } else if let Err(problem) = self.answers(&offer) {
            self.skip(Wrong::NotAskedFor { index, problem });
        } else {
            self.seen += 1;
            self.offers.push(offer);
            if self.offers.len() >= self.room() {
                self.keep_cheapest();
            }
        }
    }

    /// Counts an offer that is none.
    pub fn skip(&mut self, reason: impl Into<Wrong>) {
        self.seen += 1;
        self.wrong += 1;
        if self.first_wrong.is_none() {
            self.first_wrong = Some(Box::new(reason.into()));
        }
    }

    /// Keeps of each flight the cheapest offer in a currency.
    pub fn keep_each_flight_once(&mut self) {
        self.offers.sort_by_key(|offer| offer.price);
        let mut kept = HashSet::new();
        self.offers.retain(|offer| {
            kept.insert((offer.flight_number.clone(), offer.departure, offer.currency.clone()))
        });
    }

    /// What has been found, or why nothing of it is of use. That everything was for something else than asked for
    /// is an answer without offers.
    pub(super) fn close(self) -> Result<Findings, SupplierError> {
        let Self { offers, beyond, wrong, first_wrong, .. } = self;
        match first_wrong {
            Some(reason) if offers.is_empty() && !matches!(*reason, Wrong::NotAskedFor { .. }) => {
                Err(SupplierError::Useless { count: wrong, reason })
            }
            first_wrong => Ok(Findings { good: offers.len() + beyond, offers, wrong, first_wrong }),
        }
    }

    /// The most memory that is needed, in bytes, if no more than `count` offers are added.
    pub(super) fn most_bytes(&self, count: usize) -> usize {
        let texts = MAX_FLIGHT_NUMBER_BYTES + MAX_NAME_BYTES;
        // Growing and sorting take as much again.
        self.room().min(count) * (2 * size_of::<Offer>() + texts)
    }

    /// So many are collected before the dearest are dropped.
    fn room(&self) -> usize {
        self.most.saturating_mul(2).max(LEAST_ROOM)
    }

    fn keep_cheapest(&mut self) {
        self.keep_each_flight_once();
        let good = self.offers.len();
        keep_cheapest(&mut self.offers, self.most);
        self.beyond += good - self.offers.len();
    }

    /// Whether an offer is one for the query.
    fn answers(&self, offer: &Offer) -> Result<(), NotAskedFor> {
        let Offer { origin, destination, .. } = *offer;
        if !self.means(self.query.origin, origin) {
            return Err(NotAskedFor::Origin(origin));
        }
        if !self.means(self.query.destination, destination) {
            return Err(NotAskedFor::Destination(destination));
        }
        let date = offer.departure.date();
        let days = date.duration_since(self.query.date.civil()).as_hours().unsigned_abs() / 24;
        if days > DAYS_AROUND { Err(NotAskedFor::Date(date)) } else { Ok(()) }
    }

    /// Whether `code` is the place asked for, or an airport of the city asked for.
    fn means(&self, asked: IataCode, code: IataCode) -> bool {
        // A code that is an airport's and its city's means the airport.
        let city = || self.airports.city(asked).filter(|_| self.airports.airport(asked).is_none());
        asked == code || city().is_some_and(|city| city.airports.contains(&code))
    }
}

#[cfg(test)]
mod tests;
