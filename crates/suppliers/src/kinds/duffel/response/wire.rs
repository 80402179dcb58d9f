//! The parts of Duffel's offers that we use.

use contracts::IataCode;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value as Json;

/// A part that an offer may lack. If it has another form than the documented one, the offer can be read all the same.
#[derive(Debug, Default)]
pub(super) enum Part<T> {
    #[default]
    Absent,
    Told(T),
    /// Of another form; what was expected.
    Unexpected(String),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Json::deserialize(deserializer)? {
            Json::Null => Self::Absent,
            value => match serde_json::from_value(value) {
                Ok(part) => Self::Told(part),
                Err(error) => Self::Unexpected(error.to_string()),
            },
        })
    }
}

#[derive(Deserialize)]
pub(super) struct DuffelOffer {
    pub(super) id: Option<String>,
    pub(super) total_amount: String,
    pub(super) total_currency: String,
    #[serde(default)]
    pub(super) base_amount: Part<String>,
    #[serde(default)]
    pub(super) tax_amount: Part<String>,
    #[serde(default)]
    pub(super) expires_at: Part<String>,
    #[serde(default)]
    pub(super) conditions: Part<OfferConditions>,
    pub(super) slices: Vec<Slice>,
}

#[derive(Deserialize)]
pub(super) struct Slice {
    pub(super) segments: Vec<Segment>,
    /// The name of the fare.
    #[serde(default)]
    pub(super) fare_brand_name: Part<String>,
}

/// A flight with one flight number.
#[derive(Deserialize)]
pub(super) struct Segment {
    pub(super) origin: Place,
    #[serde(default)]
    pub(super) origin_terminal: Part<String>,
    pub(super) destination: Place,
    #[serde(default)]
    pub(super) destination_terminal: Part<String>,
    /// Local time, without an offset.
    pub(super) departing_at: String,
    pub(super) arriving_at: String,
    pub(super) marketing_carrier: Carrier,
    pub(super) marketing_carrier_flight_number: String,
    pub(super) operating_carrier: Carrier,
    #[serde(default)]
    pub(super) aircraft: Part<Aircraft>,
    /// Stops within the segment.
    #[serde(default)]
    pub(super) stops: Option<Vec<serde::de::IgnoredAny>>,
    #[serde(default)]
    pub(super) passengers: Vec<SegmentPassenger>,
}

#[derive(Deserialize)]
pub(super) struct Place {
    pub(super) iata_code: IataCode,
    pub(super) time_zone: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Carrier {
    pub(super) name: String,
    /// Some carriers have none.
    pub(super) iata_code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Aircraft {
    pub(super) iata_code: Option<String>,
}

/// What may be changed, and for which fee.
#[derive(Deserialize)]
pub(super) struct OfferConditions {
    pub(super) change_before_departure: Option<OfferCondition>,
    pub(super) refund_before_departure: Option<OfferCondition>,
}

#[derive(Deserialize)]
pub(super) struct OfferCondition {
    pub(super) allowed: bool,
    pub(super) penalty_amount: Option<String>,
    pub(super) penalty_currency: Option<String>,
}

/// What a segment says of a passenger.
#[derive(Deserialize)]
pub(super) struct SegmentPassenger {
    #[serde(default)]
    pub(super) cabin_class: Part<String>,
    #[serde(default)]
    pub(super) baggages: Part<Vec<Bags>>,
}

#[derive(Deserialize)]
pub(super) struct Bags {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) quantity: u8,
}
