use serde::{Deserialize, Serialize};

use super::local_time::LocalTime;
use crate::{Cabin, IataCode};

/// A part of a trip: one or several flights from an origin to a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OfferSlice))]
pub struct Slice {
    /// Airport of departure.
    pub origin: IataCode,
    /// Airport of arrival.
    pub destination: IataCode,
    /// Departure in the origin's local time.
    pub departure: LocalTime,
    /// Arrival in the destination's local time.
    pub arrival: LocalTime,
    /// From departure to arrival, in minutes.
    pub duration_minutes: u32,
    /// Landings on the way.
    pub stops: u8,
    /// Its flights, in the order in which they are flown. At least one.
    pub segments: Vec<Segment>,
}

/// A flight: one flight number, usually one take-off and one landing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OfferSegment))]
pub struct Segment {
    /// IATA code of the carrier that sells it under its flight number, or the carrier's name if it has none.
    pub carrier: String,
    /// The number without the carrier's code, `402`.
    pub flight_number: String,
    /// IATA code of the carrier that flies it, or the carrier's name if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub operating_carrier: Option<String>,
    /// Airport of departure.
    pub origin: IataCode,
    /// Terminal of departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub origin_terminal: Option<String>,
    /// Airport of arrival.
    pub destination: IataCode,
    /// Terminal of arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub destination_terminal: Option<String>,
    /// Departure in the origin's local time.
    pub departure: LocalTime,
    /// Arrival in the destination's local time.
    pub arrival: LocalTime,
    /// From departure to arrival, in minutes.
    pub duration_minutes: u32,
    /// IATA code of the aircraft's type, `738`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub aircraft: Option<String>,
    /// The class of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub cabin: Option<Cabin>,
}

impl Slice {
    /// The numbers of its flights, as the flat field of an offer has them: `GA57/GA402`. A carrier's name is left out.
    #[must_use]
    pub fn flight_numbers(&self) -> String {
        let numbers = self.segments.iter().map(|Segment { carrier, flight_number, .. }| {
            let code = Some(carrier.as_str()).filter(|carrier| is_carrier_code(carrier)).unwrap_or_default();
            format!("{code}{flight_number}")
        });
        numbers.collect::<Vec<_>>().join("/")
    }

    /// The cabins of its flights. Those that tell none are in `otherwise`.
    pub(super) fn cabins(&self, otherwise: Cabin) -> impl Iterator<Item = Cabin> {
        self.segments.iter().map(move |segment| segment.cabin.unwrap_or(otherwise))
    }
}

/// Whether a text is a carrier's code, of IATA or ICAO, and not its name.
#[must_use]
pub fn is_carrier_code(text: &str) -> bool {
    text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Segment {
    /// Takes over what only the same flight of another supplier tells.
    pub(crate) fn complete_from(&mut self, other: &Self) {
        let Self {
            carrier: _,
            flight_number: _,
            operating_carrier,
            origin: _,
            origin_terminal,
            destination: _,
            destination_terminal,
            departure: _,
            arrival: _,
            duration_minutes: _,
            aircraft,
            cabin,
        } = other;
        complete(&mut self.operating_carrier, operating_carrier.as_ref());
        complete(&mut self.origin_terminal, origin_terminal.as_ref());
        complete(&mut self.destination_terminal, destination_terminal.as_ref());
        complete(&mut self.aircraft, aircraft.as_ref());
        complete(&mut self.cabin, cabin.as_ref());
    }

    /// Whether it is the same flight.
    pub(crate) fn is_same_flight(&self, other: &Self) -> bool {
        (&self.carrier, &self.flight_number, self.origin, self.departure.timestamp())
            == (&other.carrier, &other.flight_number, other.origin, other.departure.timestamp())
    }
}

/// Fills what is not told.
pub(crate) fn complete<T: Clone>(own: &mut Option<T>, other: Option<&T>) {
    if own.is_none() {
        *own = other.cloned();
    }
}
