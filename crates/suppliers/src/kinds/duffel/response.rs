//! Parses the parts of Duffel's responses that we use.

mod fare;
mod optional;
mod problem;
mod wire;

use airports::Airports;
use contracts::{
    Cabin, LocalTime, Offer, SupplierCode,
    offer::{self, OfferId},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::{FieldProblem, ResponseError},
    parse::{cabin as parse_cabin, minutes_between, time_at},
    parts::ReadOffer,
};
use optional::OptionalParts;
use problem::{Problem, field};
use wire::{Carrier, DuffelOffer, Place, Segment, Slice};

/// Parses the response to a request for one offer.
pub(super) fn parse_single_offer(
    json: &[u8],
    supplier: &SupplierCode,
    airports: &Airports,
) -> Result<ReadOffer, ResponseError> {
    #[derive(Deserialize)]
    struct Single<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let Single { data } = serde_json::from_slice(json).map_err(ResponseError::InvalidOfferJson)?;
    parse_offer(0, data.get().as_bytes(), supplier, airports)
}

/// Parses the offer at `index` of the list.
pub(super) fn parse_offer(
    index: usize,
    json: &[u8],
    supplier: &SupplierCode,
    airports: &Airports,
) -> Result<ReadOffer, ResponseError> {
    let mut json = serde_json::Deserializer::from_slice(json);
    let offer: DuffelOffer = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        match error.into_inner() {
            inner if inner.is_data() => {
                ResponseError::UnexpectedShape { index, path, problem: inner.to_string() }
            }
            inner => ResponseError::InvalidOfferJson(inner),
        }
    })?;
    json.end()?;
    let mut parts = OptionalParts::new(index);
    match convert(&offer, supplier, airports, &mut parts) {
        Ok(offer) => Ok(ReadOffer::new(offer, parts.left_out)),
        Err((name, field, problem)) => Err(ResponseError::InvalidField { index, name, field, problem }),
    }
}

fn convert(
    offer: &DuffelOffer,
    supplier: &SupplierCode,
    airports: &Airports,
    parts: &mut OptionalParts,
) -> Result<Offer, Problem> {
    let mut slices = Vec::with_capacity(offer.slices.len());
    for (at, slice) in offer.slices.iter().enumerate() {
        slices.push(slice.convert(at, airports, parts)?);
    }
    let (Some(first), Some(first_flight)) =
        (slices.first(), offer.slices.first().and_then(|slice| slice.segments.first()))
    else {
        return Err(field("slices", "slices")(FieldProblem::Empty));
    };
    let price = fare::price(offer, supplier, parts)?;
    Ok(Offer {
        flight_number: first.flight_numbers(),
        price: price.total.units_rounded_up(),
        currency: price.currency,
        carrier: first_flight.operating_carrier.name.clone(),
        origin: first.origin,
        destination: first.destination,
        departure: first.departure,
        arrival: first.arrival,
        duration_minutes: first.duration_minutes,
        stops: first.stops,
        suppliers: Vec::new(),
        id: OfferId::default(),
        // The lowest: a search for business wants no flight in economy.
        cabin: slices.iter().flat_map(|slice| &slice.segments).filter_map(|segment| segment.cabin).min(),
        slices,
        prices: vec![price],
        comparable: true,
        best_rank: None,
    })
}

impl Slice {
    /// The slice at this position of its offer.
    fn convert(
        &self,
        at: usize,
        airports: &Airports,
        parts: &mut OptionalParts,
    ) -> Result<offer::Slice, Problem> {
        let mut segments = Vec::with_capacity(self.segments.len());
        for segment in &self.segments {
            segments.push(segment.convert(airports, parts)?);
        }
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            return Err(field("segments", &format!("slices[{at}].segments"))(FieldProblem::Empty));
        };
        let (departure, arrival) = (first.departure, last.arrival);
        Ok(offer::Slice {
            origin: first.origin,
            destination: last.destination,
            departure,
            arrival,
            duration_minutes: minutes_between(departure, arrival).map_err(field("arrival", "arriving_at"))?,
            stops: self.stops(),
            segments,
        })
    }

    /// Stops between and within the segments.
    fn stops(&self) -> u8 {
        let within: usize =
            self.segments.iter().map(|segment| segment.stops.as_ref().map_or(0, Vec::len)).sum();
        u8::try_from(within + self.segments.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }
}

impl Segment {
    fn convert(&self, airports: &Airports, parts: &mut OptionalParts) -> Result<offer::Segment, Problem> {
        let time = |text, place: &Place| time_at(text, place.iata_code, place.time_zone.as_deref(), airports);
        let departure = time(&self.departing_at, &self.origin).map_err(field("departure", "departing_at"))?;
        let arrival: LocalTime =
            time(&self.arriving_at, &self.destination).map_err(field("arrival", "arriving_at"))?;
        let duration_minutes =
            minutes_between(departure, arrival).map_err(field("arrival", "arriving_at"))?;
        let aircraft =
            parts.told("aircraft", &self.aircraft).and_then(|aircraft| aircraft.iata_code.as_ref());
        let mut told = |field, part| parts.text(field, part).map(str::to_owned);
        Ok(offer::Segment {
            carrier: self.marketing_carrier.code_or_name(),
            flight_number: self.marketing_carrier_flight_number.clone(),
            operating_carrier: Some(self.operating_carrier.code_or_name()),
            origin: self.origin.iata_code,
            origin_terminal: told("origin_terminal", &self.origin_terminal),
            destination: self.destination.iata_code,
            destination_terminal: told("destination_terminal", &self.destination_terminal),
            departure,
            arrival,
            duration_minutes,
            aircraft: aircraft.filter(|code| !code.is_empty()).cloned(),
            cabin: self.cabin(parts),
        })
    }

    /// The cabin of the first passenger: all of them travel in the same.
    fn cabin(&self, parts: &mut OptionalParts) -> Option<Cabin> {
        parts.parsed("cabin", "cabin_class", &self.passengers.first()?.cabin_class, parse_cabin)
    }
}

impl Carrier {
    fn code_or_name(&self) -> String {
        self.iata_code.as_ref().unwrap_or(&self.name).clone()
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<DuffelError>,
}

#[derive(Deserialize)]
struct DuffelError {
    #[serde(rename = "type")]
    kind: String,
    code: String,
    title: String,
}

/// The codes of the errors in a response's body.
pub(super) fn error_codes(body: &[u8]) -> Vec<String> {
    let errors = serde_json::from_slice(body).map_or_else(|_| Vec::new(), |Errors { errors }| errors);
    errors.into_iter().map(|error| error.code).collect()
}

/// The errors in a response's body, such as `rate_limit_error rate_limit_exceeded: Rate limit exceeded`.
pub(super) fn error_detail(body: &[u8]) -> String {
    let Ok(Errors { errors }) = serde_json::from_slice(body) else {
        return "no details".to_owned();
    };
    let errors = errors.iter().map(|DuffelError { kind, code, title }| format!("{kind} {code}: {title}"));
    errors.collect::<Vec<_>>().join("; ")
}
