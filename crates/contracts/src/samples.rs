//! Sample values for tests.

use crate::{Offer, offer::OfferId};

/// A valid offer without suppliers and id.
pub(crate) fn offer() -> Offer {
    Offer {
        flight_number: "GA57/GA402".into(),
        price: 900_000,
        currency: "IDR".into(),
        carrier: "Garuda Indonesia".into(),
        origin: "CGK".parse().unwrap(),
        destination: "DPS".parse().unwrap(),
        departure: "2025-07-10T06:05:00+07:00".parse().unwrap(),
        arrival: "2025-07-10T09:00:30+08:00".parse().unwrap(),
        duration_minutes: 115,
        stops: 1,
        suppliers: Vec::new(),
        id: OfferId::default(),
    }
}
