//! The parts of Duffel's offers that we use.

use contracts::IataCode;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct DuffelOffer {
    pub(super) id: Option<String>,
    pub(super) total_amount: String,
    pub(super) total_currency: String,
    pub(super) base_amount: Option<String>,
    pub(super) tax_amount: Option<String>,
    pub(super) expires_at: Option<String>,
    pub(super) conditions: Option<OfferConditions>,
    pub(super) slices: Vec<Slice>,
}

#[derive(Deserialize)]
pub(super) struct Slice {
    pub(super) segments: Vec<Segment>,
    /// The name of the fare.
    pub(super) fare_brand_name: Option<String>,
}

/// A flight with one flight number.
#[derive(Deserialize)]
pub(super) struct Segment {
    pub(super) origin: Place,
    pub(super) origin_terminal: Option<String>,
    pub(super) destination: Place,
    pub(super) destination_terminal: Option<String>,
    /// Local time, without an offset.
    pub(super) departing_at: String,
    pub(super) arriving_at: String,
    pub(super) marketing_carrier: Carrier,
    pub(super) marketing_carrier_flight_number: String,
    pub(super) operating_carrier: Carrier,
    pub(super) aircraft: Option<Aircraft>,
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
    pub(super) cabin_class: Option<String>,
    #[serde(default)]
    pub(super) baggages: Vec<Bags>,
}

#[derive(Deserialize)]
pub(super) struct Bags {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) quantity: u8,
}
