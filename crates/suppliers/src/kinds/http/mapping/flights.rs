use contracts::{
    Cabin, IataCode,
    offer::{MAX_SEGMENTS, MAX_SLICES, Segment, Slice, is_carrier_code},
};
use serde::Deserialize;

use super::{
    super::{
        extract::extract,
        field::{Field, FieldValue, FieldValues, Part},
        list::ListPointers,
    },
    itinerary::{FIELDS, Itinerary, airport, flight_number, told_cabin},
    times::Times,
};
use crate::{
    error::{FieldProblem, ResponseError},
    parse::minutes_between,
    parts::LeftOutParts,
    response::json_pointer::JsonPointer,
};

/// The table `segment` of a mapping: the fields of a flight, whose pointers start at it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SegmentMapping {
    pub(super) carrier: Field,
    pub(super) flight_number: Field,
    pub(super) operating_carrier: Field,
    pub(super) origin: Field,
    pub(super) origin_terminal: Field,
    pub(super) destination: Field,
    pub(super) destination_terminal: Field,
    pub(super) departure: Field,
    pub(super) arrival: Field,
    pub(super) duration_minutes: Field,
    pub(super) aircraft: Field,
    pub(super) cabin: Field,
    /// Landings within the flight.
    pub(super) stops: Field,
}

impl SegmentMapping {
    fn fields(&self) -> [(&'static str, &Field); 13] {
        [
            ("segment.carrier", &self.carrier),
            ("segment.flight_number", &self.flight_number),
            ("segment.operating_carrier", &self.operating_carrier),
            ("segment.origin", &self.origin),
            ("segment.origin_terminal", &self.origin_terminal),
            ("segment.destination", &self.destination),
            ("segment.destination_terminal", &self.destination_terminal),
            ("segment.departure", &self.departure),
            ("segment.arrival", &self.arrival),
            ("segment.duration_minutes", &self.duration_minutes),
            ("segment.aircraft", &self.aircraft),
            ("segment.cabin", &self.cabin),
            ("segment.stops", &self.stops),
        ]
    }

    pub(super) fn pointers(&self) -> impl Iterator<Item = &JsonPointer> {
        self.fields().into_iter().flat_map(|(_, field)| field.pointers())
    }
}

/// Parses the flights of offers that have them in lists.
pub(super) struct FlightParser<'a> {
    slices: &'a ListPointers,
    segments: &'a ListPointers,
    segment: &'a SegmentMapping,
    /// The pointers of a flight's fields, in their order.
    pointers: Vec<&'a JsonPointer>,
    times: Times<'a>,
    /// The cabin that is searched.
    searched: Option<Cabin>,
}

/// What is said of all flights of an offer.
struct OfOffer<'a> {
    cabin: Option<Cabin>,
    left_out: &'a mut LeftOutParts,
}

impl<'a> FlightParser<'a> {
    pub(super) fn new(
        slices: &'a ListPointers,
        segments: &'a ListPointers,
        segment: &'a SegmentMapping,
        times: Times<'a>,
        searched: Option<Cabin>,
    ) -> Self {
        Self { slices, segments, segment, pointers: segment.pointers().collect(), times, searched }
    }

    /// The itinerary of an offer. `fields` are the values of the offer's own fields.
    pub(super) fn itinerary(
        &self,
        fields: &[FieldValue<'_>; FIELDS],
        offer: &Part<'_>,
        left_out: &mut LeftOutParts,
    ) -> Result<Itinerary, ResponseError> {
        let [_, carrier, .., cabin] = fields;
        let cabin = told_cabin(cabin, self.searched, left_out)?;
        let carrier = left_out.optional(carrier.text());
        let slices = self.slices.elements("slices", offer, MAX_SLICES)?;
        let mut all = OfOffer { cabin, left_out };
        let slices = slices.iter().map(|slice| self.slice(slice, &mut all));
        let slices: Vec<_> = slices.collect::<Result<_, _>>()?;
        let missing = || offer.error("slices", &[], FieldProblem::Missing);
        let first = slices.first().ok_or_else(missing)?;
        let flight = first.segments.first().ok_or_else(missing)?;
        let flown_by = || flight.operating_carrier.as_ref().unwrap_or(&flight.carrier).clone();
        let segments = slices.iter().flat_map(|slice| &slice.segments);
        Ok(Itinerary {
            flight_number: first.flight_numbers(),
            carrier: carrier.unwrap_or_else(flown_by),
            origin: first.origin,
            destination: first.destination,
            departure: first.departure,
            arrival: first.arrival,
            duration_minutes: first.duration_minutes,
            stops: first.stops,
            // The lowest: a search for business wants no flight in economy.
            cabin: segments.filter_map(|segment| segment.cabin).min(),
            slices,
        })
    }

    fn slice(&self, slice: &Part<'_>, all: &mut OfOffer<'_>) -> Result<Slice, ResponseError> {
        let parts = self.segments.elements("segments", slice, MAX_SEGMENTS)?;
        let mut segments = Vec::with_capacity(parts.len());
        let mut stops = parts.len().saturating_sub(1);
        for part in &parts {
            let (segment, landings) = self.segment(part, all)?;
            segments.push(segment);
            stops += usize::from(landings);
        }
        let error = |problem| slice.error("segments", &[], problem);
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            return Err(error(FieldProblem::Missing));
        };
        let (departure, arrival) = (first.departure, last.arrival);
        Ok(Slice {
            origin: first.origin,
            destination: last.destination,
            departure,
            arrival,
            duration_minutes: minutes_between(departure, arrival).map_err(error)?,
            stops: u8::try_from(stops).unwrap_or(u8::MAX),
            segments,
        })
    }

    /// A flight, and the landings within it.
    fn segment(&self, flight: &Part<'_>, all: &mut OfOffer<'_>) -> Result<(Segment, u8), ResponseError> {
        let values = extract(flight.json, &self.pointers)?;
        let [
            carrier,
            number,
            operating_carrier,
            origin,
            origin_terminal,
            destination,
            destination_terminal,
            departure,
            arrival,
            duration,
            aircraft,
            own_cabin,
            stops,
        ] = &FieldValues::new(flight, &values).of(self.segment.fields());
        let (carrier, flight_number) = carrier_and_number(carrier, number)?;
        let (origin, destination) = (place(origin)?, place(destination)?);
        let departure = self.times.departure(departure, origin)?;
        let (arrival, duration_minutes) = self.times.arrival(arrival, duration, departure, destination)?;
        let OfOffer { cabin, left_out } = all;
        let mut told = |field: &FieldValue<'_>| left_out.optional(field.text());
        let segment = Segment {
            carrier,
            flight_number,
            operating_carrier: told(operating_carrier).map(code_or_name),
            origin,
            origin_terminal: told(origin_terminal),
            destination,
            destination_terminal: told(destination_terminal),
            departure,
            arrival,
            duration_minutes,
            aircraft: told(aircraft),
            cabin: told_cabin(own_cabin, self.searched, left_out)?.or(*cabin),
        };
        Ok((segment, stops.count()?.unwrap_or(0)))
    }
}

fn place(field: &FieldValue<'_>) -> Result<IataCode, ResponseError> {
    airport(field)?.ok_or_else(|| field.error(FieldProblem::Missing))
}

/// The carrier and the number of a flight: both `GA` with `402` or `GA 0402`, and `GA402` alone are the same flight.
fn carrier_and_number(
    carrier: &FieldValue<'_>,
    number: &FieldValue<'_>,
) -> Result<(String, String), ResponseError> {
    let mut flight = flight_number(number)?;
    flight.make_ascii_uppercase();
    let begins_with_digit = |text: &&str| text.starts_with(|char: char| char.is_ascii_digit());
    let (carrier, number) = if let Some(carrier) = carrier.text()? {
        let carrier = code_or_name(carrier);
        let number = flight.strip_prefix(&carrier).filter(begins_with_digit).unwrap_or(&flight).to_owned();
        (carrier, number)
    } else {
        let is_code = |code: &str| code.bytes().any(|byte| byte.is_ascii_alphabetic());
        let (code, rest) = flight
            .split_at_checked(2)
            .filter(|(code, rest)| is_code(code) && begins_with_digit(rest))
            .ok_or_else(|| number.error(FieldProblem::NoCarrier))?;
        (code.to_owned(), rest.to_owned())
    };
    Ok((carrier, number))
}

/// Codes have capital letters.
fn code_or_name(mut carrier: String) -> String {
    if is_carrier_code(&carrier) {
        carrier.make_ascii_uppercase();
    }
    carrier
}
