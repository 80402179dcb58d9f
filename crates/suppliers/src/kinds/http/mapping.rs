//! The mapping from a supplier's response to offers.

mod price;

use airports::Airports;
use contracts::{IataCode, LocalTime, Offer, SearchQuery, SupplierCode, offer::OfferId};
use jiff::SignedDuration;
use serde::Deserialize;

use super::{
    extract::{MAX_POINTERS, extract},
    field::{Field, FieldValue},
};
use crate::{
    error::{FieldProblem, ResponseError},
    parse::{cabin as parse_cabin, local_time_at, minutes_between, time_at},
    response::json_pointer::JsonPointer,
};
use price::{BaggageMapping, ConditionMapping, FARE_FIELDS, fare};

/// The table `response` of a supplier in the suppliers file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    /// The list of offers.
    offers: JsonPointer,
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
    query: &'a SearchQuery,
    supplier: &'a SupplierCode,
    supplier_name: &'a str,
    airports: &'a Airports,
}

impl Mapping {
    /// Whether the price is for one passenger instead of all.
    pub(super) fn price_per_passenger(&self) -> bool {
        self.price_per_passenger
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
        OfferParser {
            mapping: self,
            pointers: self.pointers().collect(),
            query,
            supplier,
            supplier_name,
            airports,
        }
    }

    fn pointers(&self) -> impl Iterator<Item = &JsonPointer> {
        self.fields().into_iter().chain(self.fare_fields()).flat_map(|(_, field)| field.pointers())
    }

    /// Whether it has more pointers than one pass can extract.
    pub(super) fn has_too_many_pointers(&self) -> bool {
        self.pointers().count() > MAX_POINTERS
    }

    fn fields(&self) -> [(&'static str, &Field); 9] {
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

impl<'a> OfferParser<'a> {
    /// Parses the offer at `index` of the list.
    pub(super) fn parse(&self, index: usize, json: &[u8]) -> Result<Offer, ResponseError> {
        let values = extract(json, &self.pointers)?;
        let mut rest = &values[..];
        let mut value = |(name, field): (&'static str, &'a Field)| {
            let (own, others) = rest.split_at(field.pointers().len().min(rest.len()));
            rest = others;
            FieldValue::new(index, own, field, name)
        };
        let [flight, carrier, origin, destination, departure, arrival, duration, stops, cabin] =
            &self.mapping.fields().map(&mut value);
        let fare_values = self.mapping.fare_fields().map(&mut value);

        let origin = self.airport(origin, self.query.first().origin())?;
        let destination = self.airport(destination, self.query.first().destination())?;
        let departure_time =
            self.time(departure, origin)?.ok_or_else(|| departure.error(FieldProblem::Missing))?;
        let (arrival_time, duration_minutes) =
            self.arrival(arrival, duration, departure_time, destination)?;
        let flight_number = flight_number(flight)?;
        // A connection has the number of each flight.
        let changes = u8::try_from(flight_number.matches('/').count()).unwrap_or(u8::MAX);
        let price = fare(&fare_values, self.supplier, self.mapping.minor_units, self.payers())?;
        Ok(Offer {
            flight_number,
            price: price.total.units_rounded_up(),
            currency: price.currency,
            carrier: carrier.text()?.unwrap_or_else(|| self.supplier_name.to_owned()),
            origin,
            destination,
            departure: departure_time,
            arrival: arrival_time,
            duration_minutes,
            stops: stops.count()?.unwrap_or(changes),
            suppliers: Vec::new(),
            id: OfferId::default(),
            cabin: cabin.parsed(parse_cabin)?,
            slices: Vec::new(),
            prices: vec![price],
            comparable: true,
            best_rank: None,
        })
    }

    /// For how many passengers an amount has to be multiplied.
    fn payers(&self) -> u8 {
        if self.mapping.price_per_passenger { self.query.passengers.seats().get() } else { 1 }
    }

    /// Without a value, the airport searched for, or the largest airport of the city searched for.
    fn airport(&self, field: &FieldValue<'_>, searched: IataCode) -> Result<IataCode, ResponseError> {
        match field.text()? {
            Some(text) => text.parse().map_err(|_| field.error(FieldProblem::NotAirport)),
            None => Ok(self.airports.airports_of(searched).first().map_or(searched, |airport| airport.code)),
        }
    }

    fn time(&self, field: &FieldValue<'_>, airport: IataCode) -> Result<Option<LocalTime>, ResponseError> {
        let time = field.text()?.map(|text| time_at(&text, airport, None, self.airports));
        time.transpose().map_err(|problem| field.error(problem))
    }

    /// The arrival and the duration in minutes. The field `duration` is read only if there is no `arrival`.
    fn arrival(
        &self,
        arrival: &FieldValue<'_>,
        duration: &FieldValue<'_>,
        departure: LocalTime,
        destination: IataCode,
    ) -> Result<(LocalTime, u32), ResponseError> {
        if let Some(at) = self.time(arrival, destination)? {
            let minutes = minutes_between(departure, at).map_err(|problem| arrival.error(problem))?;
            return Ok((at, minutes));
        }
        let minutes: u16 = duration.count()?.ok_or_else(|| arrival.error(FieldProblem::Missing))?;
        let at = departure.timestamp().checked_add(SignedDuration::from_mins(minutes.into()));
        let at = at.map_err(|_| duration.error(FieldProblem::NotCount))?;
        Ok((local_time_at(at, destination, self.airports), minutes.into()))
    }
}

/// The flight number without whitespace: some suppliers write `GA 57`.
fn flight_number(field: &FieldValue<'_>) -> Result<String, ResponseError> {
    let mut number = field.text()?.ok_or_else(|| field.error(FieldProblem::Missing))?;
    number.retain(|char| !char.is_whitespace());
    if number.is_empty() { Err(field.error(FieldProblem::Missing)) } else { Ok(number) }
}

#[cfg(test)]
mod tests;
