use contracts::{Cabin, IataCode, LocalTime, SearchQuery, offer::Slice};

use super::{super::field::FieldValue, times::Times};
use crate::{
    error::{FieldProblem, ResponseError},
    parse::cabin as parse_cabin,
    parts::LeftOutParts,
};

/// How many fields of the mapping are about the itinerary.
pub(super) const FIELDS: usize = 9;

/// What an offer tells of its flights.
pub(super) struct Itinerary {
    pub(super) flight_number: String,
    pub(super) carrier: String,
    pub(super) origin: IataCode,
    pub(super) destination: IataCode,
    pub(super) departure: LocalTime,
    pub(super) arrival: LocalTime,
    pub(super) duration_minutes: u32,
    pub(super) stops: u8,
    pub(super) cabin: Option<Cabin>,
    pub(super) slices: Vec<Slice>,
}

/// Reads the itinerary of an offer whose own fields tell it: one slice, of which no more is known.
pub(super) struct FlatItineraries<'a> {
    pub(super) query: &'a SearchQuery,
    pub(super) supplier_name: &'a str,
    pub(super) times: Times<'a>,
}

impl FlatItineraries<'_> {
    /// The itinerary in these fields of an offer.
    pub(super) fn itinerary(
        &self,
        fields: &[FieldValue<'_>; FIELDS],
        left_out: &mut LeftOutParts,
    ) -> Result<Itinerary, ResponseError> {
        let [flight, carrier, origin, destination, departure, arrival, duration, stops, cabin] = fields;
        let origin = self.airport(origin, self.query.first().origin())?;
        let destination = self.airport(destination, self.query.first().destination())?;
        let departure = self.times.departure(departure, origin)?;
        let (arrival, duration_minutes) = self.times.arrival(arrival, duration, departure, destination)?;
        let flight_number = flight_number(flight)?;
        // A connection has the number of each flight.
        let changes = u8::try_from(flight_number.matches('/').count()).unwrap_or(u8::MAX);
        Ok(Itinerary {
            flight_number,
            carrier: left_out.optional(carrier.text()).unwrap_or_else(|| self.supplier_name.to_owned()),
            origin,
            destination,
            departure,
            arrival,
            duration_minutes,
            stops: stops.count()?.unwrap_or(changes),
            cabin: told_cabin(cabin, self.query.cabin, left_out)?,
            slices: Vec::new(),
        })
    }

    /// Without a value, the airport searched for, or the largest airport of the city searched for.
    fn airport(&self, field: &FieldValue<'_>, searched: IataCode) -> Result<IataCode, ResponseError> {
        let largest = || self.times.0.airports_of(searched).first().map_or(searched, |airport| airport.code);
        Ok(airport(field)?.unwrap_or_else(largest))
    }
}

/// The cabin that a field tells. One that can't be read is left out, unless the search wants more than the lowest: an offer
/// without a cabin is taken for what is searched.
pub(super) fn told_cabin(
    field: &FieldValue<'_>,
    searched: Option<Cabin>,
    left_out: &mut LeftOutParts,
) -> Result<Option<Cabin>, ResponseError> {
    let cabin = field.parsed(parse_cabin);
    if searched.is_some_and(|cabin| cabin != Cabin::Economy) { cabin } else { Ok(left_out.optional(cabin)) }
}

/// The airport that a field tells.
pub(super) fn airport(field: &FieldValue<'_>) -> Result<Option<IataCode>, ResponseError> {
    let code = field.text()?.map(|text| text.parse()).transpose();
    code.map_err(|_| field.error(FieldProblem::NotAirport))
}

/// The flight number without whitespace: some suppliers write `GA 57`.
pub(super) fn flight_number(field: &FieldValue<'_>) -> Result<String, ResponseError> {
    let mut number = field.text()?.ok_or_else(|| field.error(FieldProblem::Missing))?;
    number.retain(|char| !char.is_whitespace());
    Ok(number)
}
