//! The mapping from a supplier's response to offers.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`check`] | whether the mapping as a whole makes sense |
//! | [`itinerary`] | the flights of an offer, if its own fields tell them |
//! | [`flights`] | the flights of an offer, if they are lists in it |
//! | [`times`] | departures, arrivals and durations |
//! | [`price`] | what an offer costs, and what that includes |

mod check;
mod flights;
mod itinerary;
mod price;
mod times;

use airports::Airports;
use contracts::{
    Currency, Offer, PriceCheck, SearchQuery, SupplierCode,
    offer::{MAX_PRICES, OfferId, Price, rank_prices},
};
use serde::Deserialize;

use super::{
    extract::extract,
    field::{Field, FieldValues, Part},
    list::ListPointers,
};
use crate::{
    error::{RejectedOffer, ResponseError},
    parts::{LeftOutParts, ReadOffer},
    response::json_pointer::JsonPointer,
};
use flights::{FlightParser, SegmentMapping};
use itinerary::{FIELDS, FlatItineraries, Itinerary};
use price::{BaggageMapping, ConditionMapping, FARE_FIELDS, FareParser};
use times::Times;

/// The table `response` of a supplier in the suppliers file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    /// The list of offers.
    offers: JsonPointer,
    /// The slices within an offer. Without it, an offer is one slice.
    #[serde(default)]
    slices: ListPointers,
    /// The flights within a slice. Without it, a slice is one flight.
    #[serde(default)]
    segments: ListPointers,
    /// The fares within an offer, each a price. Without it, the offer's own fields tell its price.
    #[serde(default)]
    fares: ListPointers,
    /// The fields of a flight. Without it, the offer's own fields tell its flights.
    segment: Option<SegmentMapping>,
    #[serde(default)]
    flight_number: Field,
    price: Field,
    /// Whether `price`, `base` and `tax` are for one passenger instead of all.
    #[serde(default)]
    price_per_passenger: bool,
    /// Whether amounts are in the currency's smallest unit, such as cents.
    #[serde(default)]
    minor_units: bool,
    #[serde(default)]
    currency: Field,
    #[serde(default)]
    carrier: Field,
    #[serde(default)]
    origin: Field,
    #[serde(default)]
    destination: Field,
    #[serde(default)]
    departure: Field,
    #[serde(default)]
    arrival: Field,
    #[serde(default)]
    duration_minutes: Field,
    #[serde(default)]
    stops: Field,
    #[serde(default)]
    cabin: Field,
    #[serde(default)]
    base: Field,
    #[serde(default)]
    tax: Field,
    #[serde(default)]
    fare_brand: Field,
    #[serde(default)]
    seats_left: Field,
    #[serde(default)]
    expires_at: Field,
    #[serde(default)]
    deep_link: Field,
    #[serde(default)]
    offer_ref: Field,
    #[serde(default)]
    baggage: BaggageMapping,
    #[serde(default)]
    change: ConditionMapping,
    #[serde(default)]
    refund: ConditionMapping,
}

/// Parses the offers of one response.
pub(super) struct OfferParser<'a> {
    mapping: &'a Mapping,
    /// The pointers of the offer's own fields, in the order of [`Mapping::fields`] and, unless fares are lists in it,
    /// [`Mapping::fare_fields`].
    pointers: Vec<&'a JsonPointer>,
    /// The pointers of a fare's fields, if fares are lists in the offer.
    fare_pointers: Vec<&'a JsonPointer>,
    /// Reads the flights, if they are lists in the offer.
    flights: Option<FlightParser<'a>>,
    /// Reads them if they are not.
    flat: FlatItineraries<'a>,
    query: &'a SearchQuery,
    supplier: &'a SupplierCode,
    /// The price that is asked for; all, if absent.
    check: Option<&'a PriceCheck>,
}

impl Mapping {
    /// Whether the price is for one passenger instead of all.
    pub(super) fn price_per_passenger(&self) -> bool {
        self.price_per_passenger
    }

    /// Whether it reads offers of several slices.
    pub(super) fn reads_slices(&self) -> bool {
        self.slices.is_set()
    }

    /// Whether it reads the supplier's name for an offer.
    pub(super) fn reads_offer_ref(&self) -> bool {
        self.offer_ref.is_set()
    }

    /// The pointer to the list of offers.
    pub(super) fn offers_pointer(&self) -> &JsonPointer {
        &self.offers
    }

    /// A parser for a response to `query`. Offers without a carrier get the supplier's name.
    pub(super) fn parser<'a>(
        &'a self,
        query: &'a SearchQuery,
        supplier: &'a SupplierCode,
        supplier_name: &'a str,
        airports: &'a Airports,
    ) -> OfferParser<'a> {
        let times = Times(airports);
        let flights = |segment| FlightParser::new(&self.slices, &self.segments, segment, times, query.cabin);
        OfferParser {
            mapping: self,
            pointers: self.pointers().collect(),
            fare_pointers: self.fare_pointers().filter(|_| self.fares.is_set()).collect(),
            flights: self.segment.as_ref().map(flights),
            flat: FlatItineraries { query, supplier_name, times },
            query,
            supplier,
            check: None,
        }
    }

    /// The pointers that start at the offer.
    fn pointers(&self) -> impl Iterator<Item = &JsonPointer> {
        let of_fare = self.fare_pointers().filter(|_| !self.fares.is_set());
        self.fields().into_iter().flat_map(|(_, field)| field.pointers()).chain(of_fare)
    }

    fn fare_pointers(&self) -> impl Iterator<Item = &JsonPointer> {
        self.fare_fields().into_iter().flat_map(|(_, field)| field.pointers())
    }

    fn fields(&self) -> [(&'static str, &Field); FIELDS] {
        [
            ("flight_number", &self.flight_number),
            ("carrier", &self.carrier),
            ("origin", &self.origin),
            ("destination", &self.destination),
            ("departure", &self.departure),
            ("arrival", &self.arrival),
            ("duration_minutes", &self.duration_minutes),
            ("stops", &self.stops),
            ("cabin", &self.cabin),
        ]
    }

    fn fare_fields(&self) -> [(&'static str, &Field); FARE_FIELDS] {
        [
            ("price", &self.price),
            ("currency", &self.currency),
            ("base", &self.base),
            ("tax", &self.tax),
            ("fare_brand", &self.fare_brand),
            ("seats_left", &self.seats_left),
            ("expires_at", &self.expires_at),
            ("deep_link", &self.deep_link),
            ("offer_ref", &self.offer_ref),
            ("baggage.cabin_pieces", &self.baggage.cabin_pieces),
            ("baggage.checked_pieces", &self.baggage.checked_pieces),
            ("baggage.checked_kg", &self.baggage.checked_kg),
            ("change.allowed", &self.change.allowed),
            ("change.penalty", &self.change.penalty),
            ("refund.allowed", &self.refund.allowed),
            ("refund.penalty", &self.refund.penalty),
        ]
    }
}

/// How many fares of an offer are collected before the most expensive are dropped.
const MAX_FARES: usize = 4 * MAX_PRICES;

/// The prices of an offer.
#[derive(Default)]
struct Fares {
    prices: Vec<Price>,
    /// Why others are left out.
    bad: Vec<RejectedOffer>,
}

impl Fares {
    /// Keeps the cheapest price of each brand, and as many as an offer may have.
    fn keep_cheapest(&mut self, currency: Currency) {
        rank_prices(&mut self.prices, currency);
        self.prices.truncate(MAX_PRICES);
    }
}

impl<'a> OfferParser<'a> {
    /// Parses the offer at `index` of the list.
    pub(super) fn parse(&self, index: usize, json: &[u8]) -> Result<ReadOffer, ResponseError> {
        let values = extract(json, &self.pointers)?;
        let part = Part { offer: index, path: String::new(), json };
        let mut values = FieldValues::new(&part, &values);
        let fields = values.of(self.mapping.fields());
        let mut left_out = LeftOutParts::default();
        let itinerary = match &self.flights {
            Some(flights) => flights.itinerary(&fields, &part, &mut left_out)?,
            None => self.flat.itinerary(&fields, &mut left_out)?,
        };
        if !self.mapping.fares.is_set() {
            let price = self.fare(&part, &mut values, &mut left_out)?;
            return Ok(ReadOffer::new(offer(itinerary, price), left_out));
        }
        let Fares { prices, bad } = self.fares(&part, &mut left_out)?;
        let mut prices = prices.into_iter();
        let offer = prices.next().map(|first| {
            let mut offer = offer(itinerary, first);
            offer.prices.extend(prices);
            offer
        });
        Ok(ReadOffer { offer, bad_fares: bad, left_out })
    }

    /// Keeps only the price of a price check, however expensive it is.
    pub(super) fn only(self, check: Option<&'a PriceCheck>) -> Self {
        Self { check, ..self }
    }

    /// What prices are compared in.
    fn currency(&self) -> Currency {
        self.query.currency.unwrap_or_default()
    }

    /// The prices in the lists of fares.
    fn fares(&self, offer: &Part<'_>, left_out: &mut LeftOutParts) -> Result<Fares, ResponseError> {
        let mut fares = Fares::default();
        for part in self.mapping.fares.elements("fares", offer, usize::MAX)? {
            let price = extract(part.json, &self.fare_pointers)
                .map_err(ResponseError::from)
                .and_then(|values| self.fare(&part, &mut FieldValues::new(&part, &values), left_out));
            let checked = price.map_err(RejectedOffer::from).and_then(|price| match price.check() {
                Ok(()) => Ok(price),
                Err(problem) => Err(RejectedOffer::Invalid { index: offer.offer, problem }),
            });
            match checked {
                Ok(price) if self.check.is_some_and(|check| !check.is_for(&price)) => {}
                Ok(price) => {
                    fares.prices.push(price);
                    if fares.prices.len() > MAX_FARES {
                        fares.keep_cheapest(self.currency());
                    }
                }
                Err(reason) => fares.bad.push(reason),
            }
        }
        fares.keep_cheapest(self.currency());
        Ok(fares)
    }

    /// The price that the fields of a part tell, without the invalid ones of the parts that it may lack.
    fn fare<'p>(
        &'p self,
        part: &Part<'_>,
        values: &mut FieldValues<'p>,
        left_out: &mut LeftOutParts,
    ) -> Result<Price, ResponseError> {
        let parser = FareParser {
            supplier: self.supplier,
            minor_units: self.mapping.minor_units,
            payers: if self.mapping.price_per_passenger { self.query.passengers.seats().get() } else { 1 },
        };
        let mut price = parser.fare(&values.of(self.mapping.fare_fields()), left_out)?;
        left_out.of_price(part.offer, &part.path, &mut price);
        Ok(price)
    }
}

/// An offer with one price.
fn offer(itinerary: Itinerary, price: Price) -> Offer {
    let Itinerary {
        flight_number,
        carrier,
        origin,
        destination,
        departure,
        arrival,
        duration_minutes,
        stops,
        cabin,
        slices,
    } = itinerary;
    Offer {
        flight_number,
        price: price.total.units_rounded_up(),
        currency: price.currency,
        carrier,
        origin,
        destination,
        departure,
        arrival,
        duration_minutes,
        stops,
        suppliers: Vec::new(),
        id: OfferId::default(),
        cabin,
        slices,
        prices: vec![price],
        comparable: true,
        best_rank: None,
    }
}

#[cfg(test)]
mod tests;
