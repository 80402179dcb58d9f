use super::*;
use crate::{
    Amount,
    samples::{offer, round_trip},
};

#[test]
fn an_offer_within_all_bounds_is_valid() {
    let at_the_edge = Offer {
        flight_number: "X".repeat(MAX_FLIGHT_NUMBER_BYTES),
        price: MAX_PRICE,
        carrier: "é".repeat(MAX_NAME_BYTES / 2),
        stops: MAX_STOPS,
        ..offer()
    };
    assert_eq!([offer().check(), at_the_edge.check()], [Ok(()), Ok(())]);
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let of = |change: fn(&mut Offer)| {
        let mut offer = offer();
        change(&mut offer);
        offer.check().unwrap_err()
    };
    for number in ["", "GA 57", "GA57\n", "ＧＡ57"] {
        assert_eq!(
            Offer { flight_number: number.into(), ..offer() }.check(),
            Err(InvalidOffer::FlightNumber)
        );
    }
    assert_eq!(of(|offer| offer.flight_number = "X".repeat(65)), InvalidOffer::FlightNumber);
    assert_eq!(of(|offer| offer.price = 0), InvalidOffer::Price);
    assert_eq!(of(|offer| offer.price = MAX_PRICE + 1), InvalidOffer::Price);
    assert_eq!(of(|offer| offer.carrier = "x".repeat(19_000)), InvalidOffer::Carrier);
    assert_eq!(of(|offer| offer.carrier = "\u{1b}[31mRed".into()), InvalidOffer::Carrier);
    assert_eq!(of(|offer| offer.arrival = offer.departure), InvalidOffer::Arrival);
    assert_eq!(
        of(|offer| offer.arrival = "2025-07-17T06:06:00+07:00".parse().unwrap()),
        InvalidOffer::Arrival
    );
    assert_eq!(of(|offer| offer.duration_minutes = 116), InvalidOffer::Duration);
    assert_eq!(of(|offer| offer.stops = 10), InvalidOffer::Stops);
}

#[test]
fn a_round_trip_with_all_parts_is_valid() {
    assert_eq!(round_trip().check(), Ok(()));
}

#[test]
fn a_reference_may_be_as_long_as_a_link() {
    let mut offer = round_trip();
    offer.prices[0].offer_ref = Some("x".repeat(2048));
    assert_eq!(offer.check(), Ok(()));
    offer.prices[0].offer_ref = Some("x".repeat(2049));
    assert_eq!(offer.check(), Err(InvalidOffer::Ref));
}

#[test]
fn what_is_out_of_bounds_inside_is_named() {
    type Case = (InvalidOffer, fn(&mut Offer));
    let cases: [Case; 21] = [
        (InvalidOffer::Slices, |offer| offer.slices.swap(0, 1)),
        (InvalidOffer::Slices, |offer| offer.slices = vec![offer.slices[0].clone(); MAX_SLICES + 1]),
        (InvalidOffer::FirstSlice, |offer| offer.stops = 2),
        (InvalidOffer::FirstSlice, |offer| drop(offer.slices.remove(0))),
        (InvalidOffer::Segments, |offer| offer.slices[1].segments.clear()),
        (InvalidOffer::Segments, |offer| offer.slices[0].segments.swap(0, 1)),
        (InvalidOffer::Segments, |offer| offer.slices[1].segments[0].origin = "CGK".parse().unwrap()),
        (InvalidOffer::Duration, |offer| offer.slices[1].segments[0].duration_minutes = 7),
        (InvalidOffer::Stops, |offer| offer.slices[1].stops = 10),
        (InvalidOffer::SegmentText, |offer| offer.slices[1].segments[0].carrier.clear()),
        (InvalidOffer::SegmentText, |offer| offer.slices[1].segments[0].flight_number = "4 2".into()),
        (InvalidOffer::SegmentText, |offer| {
            offer.slices[1].segments[0].aircraft = Some("x".repeat(MAX_SHORT_BYTES + 1));
        }),
        (InvalidOffer::Prices, |offer| offer.prices = vec![offer.prices[0].clone(); MAX_PRICES + 1]),
        (InvalidOffer::Total, |offer| offer.prices[0].total = Amount::ZERO),
        (InvalidOffer::Total, |offer| offer.prices[0].tax = "900000.01".parse().ok()),
        (InvalidOffer::FareBrand, |offer| offer.prices[0].fare_brand = Some("Eco\n".into())),
        (InvalidOffer::Baggage, |offer| {
            offer.prices[0].baggage = Some(Baggage { checked_kg: Some(501), ..Baggage::default() });
        }),
        (InvalidOffer::Seats, |offer| offer.prices[0].seats_left = Some(1000)),
        (InvalidOffer::Link, |offer| offer.prices[0].deep_link = Some("javascript:alert(1)".into())),
        (InvalidOffer::Link, |offer| offer.prices[0].deep_link = Some("https:///path".into())),
        (InvalidOffer::Ref, |offer| offer.prices[0].offer_ref = Some("off 1".into())),
    ];
    for (expected, change) in cases {
        let mut offer = round_trip();
        change(&mut offer);
        assert_eq!(offer.check(), Err(expected), "{offer:?}");
    }
}
