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
use contracts::{Offer, SearchQuery, SupplierCode, offer::OfferId};
use serde::Deserialize;

use super::{
    extract::extract,
    field::{Field, FieldValues, Part},
    list::ListPointers,
};
use crate::{error::ResponseError, response::json_pointer::JsonPointer};
use flights::{FlightParser, SegmentMapping};
use itinerary::{FIELDS, FlatItineraries, Itinerary};
use price::{BaggageMapping, ConditionMapping, FARE_FIELDS, fare};
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
    /// The pointers of all fields, in the order of [`Mapping::fields`] and [`Mapping::fare_fields`].
    pointers: Vec<&'a JsonPointer>,
    /// Reads the flights, if they are lists in the offer.
    flights: Option<FlightParser<'a>>,
    /// Reads them if they are not.
    flat: FlatItineraries<'a>,
    query: &'a SearchQuery,
    supplier: &'a SupplierCode,
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
        let flights = |segment| FlightParser::new(&self.slices, &self.segments, segment, times);
        OfferParser {
            mapping: self,
            pointers: self.pointers().collect(),
            flights: self.segment.as_ref().map(flights),
            flat: FlatItineraries { query, supplier_name, times },
            query,
            supplier,
        }
    }

    fn pointers(&self) -> impl Iterator<Item = &JsonPointer> {
        self.fields().into_iter().chain(self.fare_fields()).flat_map(|(_, field)| field.pointers())
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

impl OfferParser<'_> {
    /// Parses the offer at `index` of the list.
    pub(super) fn parse(&self, index: usize, json: &[u8]) -> Result<Offer, ResponseError> {
        let values = extract(json, &self.pointers)?;
        let offer = Part { offer: index, path: String::new(), json };
        let mut values = FieldValues::new(&offer, &values);
        let fields = values.of(self.mapping.fields());
        let fare_values = values.of(self.mapping.fare_fields());

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
        } = match &self.flights {
            Some(flights) => flights.itinerary(&fields, &offer)?,
            None => self.flat.itinerary(&fields)?,
        };
        let price = fare(&fare_values, self.supplier, self.mapping.minor_units, self.payers())?;
        Ok(Offer {
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
        })
    }

    /// For how many passengers an amount has to be multiplied.
    fn payers(&self) -> u8 {
        if self.mapping.price_per_passenger { self.query.passengers.seats().get() } else { 1 }
    }
}

#[cfg(test)]
mod tests;
