//! Sample values for tests.

use crate::{
    Cabin, Currency, Offer,
    offer::{Approximate, Baggage, Condition, Conditions, OfferId, Price, Segment, Slice},
};

/// A valid offer without suppliers, id and what only some suppliers tell.
pub(crate) fn offer() -> Offer {
    Offer {
        flight_number: "GA57/GA402".into(),
        price: 900_000,
        currency: Currency::IDR,
        carrier: "Garuda Indonesia".into(),
        origin: "CGK".parse().unwrap(),
        destination: "DPS".parse().unwrap(),
        departure: "2025-07-10T06:05:00+07:00".parse().unwrap(),
        arrival: "2025-07-10T09:00:30+08:00".parse().unwrap(),
        duration_minutes: 115,
        stops: 1,
        suppliers: Vec::new(),
        id: OfferId::default(),
        cabin: None,
        slices: Vec::new(),
        prices: Vec::new(),
        comparable: true,
        best_rank: None,
    }
}

/// A valid offer of two slices with a price, and all that a supplier may tell.
pub(crate) fn round_trip() -> Offer {
    let there = slice(&[
        ("57", "CGK", "SUB", "2025-07-10T06:05:00+07:00", "2025-07-10T07:00:00+07:00", 55),
        ("402", "SUB", "DPS", "2025-07-10T07:45:00+07:00", "2025-07-10T09:00:30+08:00", 15),
    ]);
    let back = slice(&[("401", "DPS", "CGK", "2025-07-17T10:00:00+08:00", "2025-07-17T11:00:00+07:00", 120)]);
    Offer {
        cabin: Some(Cabin::Economy),
        slices: vec![there, back],
        prices: vec![price("GA", "900000", "IDR")],
        ..offer()
    }
}

fn slice(flights: &[(&str, &str, &str, &str, &str, u32)]) -> Slice {
    let segments: Vec<_> = flights
        .iter()
        .map(|(number, origin, destination, departure, arrival, minutes)| Segment {
            carrier: "GA".into(),
            flight_number: (*number).into(),
            operating_carrier: Some("GA".into()),
            origin: origin.parse().unwrap(),
            origin_terminal: Some("3".into()),
            destination: destination.parse().unwrap(),
            destination_terminal: Some("D".into()),
            departure: departure.parse().unwrap(),
            arrival: arrival.parse().unwrap(),
            duration_minutes: *minutes,
            aircraft: Some("738".into()),
            cabin: Some(Cabin::Economy),
        })
        .collect();
    let (first, last) = (&segments[0], &segments[segments.len() - 1]);
    let minutes = last.arrival.timestamp().duration_since(first.departure.timestamp()).as_mins();
    Slice {
        origin: first.origin,
        destination: last.destination,
        departure: first.departure,
        arrival: last.arrival,
        duration_minutes: minutes.try_into().unwrap(),
        stops: (segments.len() - 1).try_into().unwrap(),
        segments,
    }
}

/// A price with all that a supplier may tell.
pub(crate) fn price(supplier: &str, total: &str, currency: &str) -> Price {
    let penalty = "25".parse().ok();
    Price {
        base: Some(total.parse().unwrap()),
        tax: Some("0".parse().unwrap()),
        fare_brand: Some("Eco Flex".into()),
        approximate: Some(Approximate {
            total: "56.48".parse().unwrap(),
            currency: "USD".parse().unwrap(),
            rate_date: "2025-07-01".parse().unwrap(),
        }),
        baggage: Some(Baggage { cabin_pieces: Some(1), checked_pieces: Some(1), checked_kg: Some(20) }),
        conditions: Some(Conditions {
            change: Some(Condition { allowed: true, penalty }),
            refund: Some(Condition { allowed: false, penalty: None }),
        }),
        seats_left: Some(4),
        fetched_at: "2025-07-01T09:30:00Z".parse().ok(),
        expires_at: "2025-07-01T10:00:00Z".parse().ok(),
        deep_link: Some("https://ga.example/buy?offer=1".into()),
        offer_ref: Some("off_00009htYpSCXrwaB9DnUm0".into()),
        ..Price::new(supplier.parse().unwrap(), total.parse().unwrap(), currency.parse().unwrap())
    }
}
