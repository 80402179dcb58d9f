//! Parses the parts of Duffel's responses that we use.

use airports::Airports;
use contracts::{IataCode, Offer, offer::OfferId};
use serde::Deserialize;

use crate::{
    error::{FieldProblem, ResponseError},
    parse::{amount, currency, minutes_between, time_at},
};

#[derive(Deserialize)]
struct DuffelOffer {
    total_amount: String,
    total_currency: String,
    slices: Vec<Slice>,
}

#[derive(Deserialize)]
struct Slice {
    segments: Vec<Segment>,
}

/// A flight with one flight number.
#[derive(Deserialize)]
struct Segment {
    origin: Place,
    destination: Place,
    /// Local time, without an offset.
    departing_at: String,
    arriving_at: String,
    marketing_carrier: Carrier,
    marketing_carrier_flight_number: String,
    operating_carrier: Carrier,
    /// Stops within the segment.
    #[serde(default)]
    stops: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
struct Place {
    iata_code: IataCode,
    time_zone: Option<String>,
}

#[derive(Deserialize)]
struct Carrier {
    name: String,
    /// Some carriers have none.
    iata_code: Option<String>,
}

/// Parses the offer at `index` of the list.
pub(super) fn parse_offer(index: usize, json: &[u8], airports: &Airports) -> Result<Offer, ResponseError> {
    let mut json = serde_json::Deserializer::from_slice(json);
    let offer = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        match error.into_inner() {
            inner if inner.is_data() => {
                ResponseError::UnexpectedShape { index, path, problem: inner.to_string() }
            }
            inner => ResponseError::InvalidOfferJson(inner),
        }
    })?;
    json.end()?;
    convert(index, &offer, airports)
}

fn convert(index: usize, offer: &DuffelOffer, airports: &Airports) -> Result<Offer, ResponseError> {
    let field = |name, field: &str| {
        let field = field.to_owned();
        move |problem| ResponseError::InvalidField { index, name, field, problem }
    };
    let segments = match &offer.slices[..] {
        [slice] => &slice.segments[..],
        _ => return Err(field("slices", "slices")(FieldProblem::NotOneWay)),
    };
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
        return Err(field("segments", "slices[0].segments")(FieldProblem::Missing));
    };
    let time = |text, place: &Place| time_at(text, place.iata_code, place.time_zone.as_deref(), airports);
    let departure = time(&first.departing_at, &first.origin).map_err(field("departure", "departing_at"))?;
    let arrival = time(&last.arriving_at, &last.destination).map_err(field("arrival", "arriving_at"))?;
    let numbers: Vec<_> = segments.iter().map(Segment::number).collect();
    Ok(Offer {
        flight_number: numbers.join("/"),
        price: amount(&offer.total_amount).map_err(field("price", "total_amount"))?,
        currency: currency(&offer.total_currency).map_err(field("currency", "total_currency"))?,
        carrier: first.operating_carrier.name.clone(),
        origin: first.origin.iata_code,
        destination: last.destination.iata_code,
        departure,
        arrival,
        duration_minutes: minutes_between(departure, arrival).map_err(field("arrival", "arriving_at"))?,
        stops: stops(segments),
        suppliers: Vec::new(),
        id: OfferId::default(),
    })
}

impl Segment {
    fn number(&self) -> String {
        let carrier = self.marketing_carrier.iata_code.as_deref().unwrap_or_default();
        format!("{carrier}{}", self.marketing_carrier_flight_number)
    }
}

/// Stops between and within the segments.
fn stops(segments: &[Segment]) -> u8 {
    let within: usize = segments.iter().map(|segment| segment.stops.as_ref().map_or(0, Vec::len)).sum();
    u8::try_from(within + segments.len().saturating_sub(1)).unwrap_or(u8::MAX)
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

/// The errors in a response's body, such as `rate_limit_error rate_limit_exceeded: Rate limit exceeded`.
pub(super) fn error_detail(body: &[u8]) -> String {
    let Ok(Errors { errors }) = serde_json::from_slice(body) else {
        return "no details".to_owned();
    };
    let errors = errors.iter().map(|DuffelError { kind, code, title }| format!("{kind} {code}: {title}"));
    errors.collect::<Vec<_>>().join("; ")
}
