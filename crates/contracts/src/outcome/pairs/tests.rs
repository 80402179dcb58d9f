use std::collections::BTreeSet;

use jiff::Timestamp;

use super::*;
use crate::{
    Cabin, EpochMillis, ExchangeRates, SupplierReport, SupplierStatus,
    outcome::{Answer, Outcome, Times},
    samples::{self, round_trip},
};

/// One way of the sample trip, as its seller tells it.
fn one_way(at: usize, supplier: &str, total: &str, currency: &str) -> Offer {
    let mut offer = round_trip();
    offer.slices = vec![offer.slices.swap_remove(at)];
    let slice = &offer.slices[0];
    offer.flight_number = if at == 0 { "GA57/GA402".into() } else { "GA401".into() };
    (offer.origin, offer.destination) = (slice.origin, slice.destination);
    (offer.departure, offer.arrival) = (slice.departure, slice.arrival);
    (offer.duration_minutes, offer.stops) = (slice.duration_minutes, slice.stops);
    offer.prices = vec![samples::price(supplier, total, currency)];
    offer.id = OfferId::of(&offer);
    offer
}

/// The same by a supplier that tells only the fields of the first version.
fn flat(offer: &Offer) -> Offer {
    Offer { slices: Vec::new(), prices: Vec::new(), ..offer.clone() }
}

fn rates() -> ExchangeRates {
    "Date, USD, IDR\n2026-11-23, 1, 16000".parse().unwrap()
}

fn answer(supplier: &str, there: Vec<Offer>, back: Vec<Offer>) -> Answer {
    let report = SupplierReport {
        code: supplier.parse().unwrap(),
        name: supplier.into(),
        status: SupplierStatus::Ok,
        elapsed_ms: 1,
        offers: 0,
        rejected: 0,
        reason: None,
    };
    let answer = Answer { report, offers: Vec::new(), one_ways: Some(Box::new(OneWays { there, back })) };
    answer.priced(Timestamp::UNIX_EPOCH, Currency::IDR, Some(&rates()))
}

fn outcome(answers: Vec<Answer>, max: usize) -> Outcome {
    let now = EpochMillis(0);
    let times = Times { created: now, first_answer: None, ended: now };
    Outcome::of(answers, times, Ranking { currency: Currency::IDR, max })
}

/// Total and sellers of each price.
fn sold(offer: &Offer) -> Vec<(String, Vec<&str>)> {
    let sellers = |price| Price::sellers(price).map(SupplierCode::as_str).collect();
    offer.prices.iter().map(|price| (price.total.to_string(), sellers(price))).collect()
}

/// A way of two hours, at five past this hour in July.
fn generated(
    (supplier, at): (&str, usize),
    (day, hour): (u8, u8),
    cabin: impl Into<Option<Cabin>>,
    total: u32,
    currency: &str,
) -> Offer {
    let mut offer = one_way(at, supplier, &total.to_string(), currency);
    offer.departure = format!("2025-07-{day}T{hour:02}:05:00+07:00").parse().unwrap();
    offer.arrival = format!("2025-07-{day}T{:02}:05:00+07:00", hour + 2).parse().unwrap();
    offer.duration_minutes = 120;
    offer.slices.clear();
    offer.cabin = cabin.into();
    offer.id = OfferId::of(&offer);
    offer
}

#[test]
fn a_pair_has_two_prices_and_one_total() {
    let (there, back) = (one_way(0, "QZ", "700000", "IDR"), one_way(1, "QZ", "500000", "IDR"));
    let answer = answer("QZ", vec![there.clone()], vec![back.clone()]);
    assert_eq!((answer.report.status, answer.report.offers), (SupplierStatus::Ok, 1));
    let [pair] = &answer.offers[..] else { panic!("{answer:?}") };
    assert_eq!(
        (pair.price, pair.id),
        (1_200_000, OfferId::of(&round_trip())),
        "the same flights as one booking's"
    );
    assert_eq!(pair.slices, round_trip().slices);
    assert_eq!(pair.check(), Ok(()));
    let bookings: Vec<_> = pair.prices[0]
        .bookings
        .iter()
        .map(|booking| (booking.offer_id, booking.price.total.to_string(), booking.price.offer_ref.clone()))
        .collect();
    let reference = there.prices[0].offer_ref.clone();
    assert_eq!(
        bookings,
        [(there.id, "700000".into(), reference.clone()), (back.id, "500000".into(), reference)]
    );
}

#[test]
fn suppliers_that_tell_no_flights_are_paired_too() {
    let (there, back) = (one_way(0, "QZ", "1", "IDR"), one_way(1, "QZ", "1", "IDR"));
    let told = answer("QZ", vec![there.clone()], vec![back.clone()]);
    let answer = answer("GA", vec![flat(&there)], vec![flat(&back)]);
    let [pair] = &answer.offers[..] else { panic!("{answer:?}") };
    assert_eq!(pair.price, 1_800_000, "the flat price of each");
    assert_eq!(pair.check(), Ok(()));
    assert_eq!(pair.id, told.offers[0].id);
    let segments: Vec<_> = pair
        .slices
        .iter()
        .map(|slice| {
            (slice.stops, slice.segments[0].carrier.as_str(), slice.segments[0].flight_number.as_str())
        })
        .collect();
    assert_eq!(segments, [(1, "GA", "57/GA402"), (0, "GA", "401")]);
    let outcome = outcome(vec![answer, told], 10);
    assert_eq!(outcome.details.total, 1, "one itinerary");
    let mut unnamed = flat(&back);
    unnamed.flight_number = "X1".into();
    assert_eq!(carrier_and_number(&unnamed), ("Garuda Indonesia".into(), "X1".into()));
}

#[test]
fn the_end_pairs_the_ways_of_different_sellers() {
    let one_direction = |at: usize, supplier: &str, total: &str, currency: &str| {
        let offer = vec![one_way(at, supplier, total, currency)];
        let (there, back) = if at == 0 { (offer, Vec::new()) } else { (Vec::new(), offer) };
        answer(supplier, there, back)
    };
    let only_there = one_direction(0, "GA", "800000", "IDR");
    let only_back = one_direction(1, "SQ", "20.00", "USD");
    assert_eq!((only_there.report.status, only_there.offers.len()), (SupplierStatus::Empty, 0));
    let both = answer("QZ", vec![one_way(0, "QZ", "900000", "IDR")], vec![one_way(1, "QZ", "400000", "IDR")]);
    let outcome = outcome(vec![only_back, both, only_there], 10);
    let [offer] = &outcome.offers[..] else { panic!("{outcome:?}") };
    assert_eq!(
        sold(offer),
        [("1120000".into(), vec!["GA", "SQ"]), ("1300000".into(), vec!["QZ", "QZ"])],
        "the cheapest of each direction, and each seller's own"
    );
    assert_eq!(offer.suppliers.iter().map(SupplierCode::as_str).collect::<Vec<_>>(), ["GA", "SQ", "QZ"]);
    assert!(offer.prices[0].approximate.is_some(), "its total is by the rates");
}

#[test]
fn one_booking_and_two_are_prices_of_the_same_offer() {
    let pair = answer("QZ", vec![one_way(0, "QZ", "1", "IDR")], vec![one_way(1, "QZ", "1", "IDR")]);
    let mut whole = pair.clone();
    (whole.one_ways, whole.offers) = (None, vec![round_trip()]);
    whole.report.code = "GA".parse().unwrap();
    let outcome = outcome(vec![whole, pair], 10);
    let [offer] = &outcome.offers[..] else { panic!("{outcome:?}") };
    assert_eq!(sold(offer), [("2".into(), vec!["QZ", "QZ"]), ("900000".into(), vec!["GA"])]);
}

#[test]
fn a_pair_in_two_cabins_is_an_offer_of_its_own() {
    let in_cabin = |at: usize, total: &str, cabin: Cabin, tells_flights: bool| {
        let mut offer = one_way(at, "QZ", total, "IDR");
        offer.cabin = Some(cabin);
        // Some suppliers tell the cabin of the offer only.
        offer.slices[0].segments.iter_mut().for_each(|segment| segment.cabin = None);
        offer.id = OfferId::of(&offer);
        if tells_flights { offer } else { Offer { slices: Vec::new(), ..offer } }
    };
    for tells_flights in [true, false] {
        let ways = |at: usize, totals: [&str; 2]| {
            let cabins = [Cabin::Economy, Cabin::Business].into_iter();
            cabins.zip(totals).map(|(cabin, total)| in_cabin(at, total, cabin, tells_flights)).collect()
        };
        let answer = answer("QZ", ways(0, ["100", "300"]), ways(1, ["50", "500"]));
        let told: Vec<_> = answer
            .offers
            .iter()
            .map(|pair| {
                let of = |slice: &Slice| slice.segments[0].cabin.unwrap();
                (pair.price, pair.cabin.unwrap(), of(&pair.slices[0]), of(&pair.slices[1]))
            })
            .collect();
        let (economy, business) = (Cabin::Economy, Cabin::Business);
        let expected = [
            (150, economy, economy, economy),
            (350, economy, business, economy),
            (600, economy, economy, business),
            (800, business, business, business),
        ];
        assert_eq!(told, expected);
        let ids: BTreeSet<_> = answer.offers.iter().map(|pair| pair.id).collect();
        assert_eq!(ids.len(), 4);
        if tells_flights {
            assert!(ids.contains(&OfferId::of(&round_trip())), "in one cabin, the id of one booking");
        }
    }
}

#[test]
fn a_return_on_the_same_day_is_found_behind_cheaper_ways_that_leave_no_time() {
    let at_hour =
        |way: usize, hour: u8, total: u32| generated(("QZ", way), (10, hour), Cabin::Economy, total, "IDR");
    // The cheapest ways out are in the evening, and the cheapest ways back in the morning.
    let there = (6..20).map(|hour| at_hour(0, hour, 1_000 - u32::from(hour))).collect();
    let back = (6..20).map(|hour| at_hour(1, hour, 1_000 + u32::from(hour))).collect();
    let both = answer("QZ", there, back);
    // A flight takes two hours, so the way back departs two hours after the way out or later.
    assert_eq!((both.offers.len(), both.offers[0].price), (MAX_PAIRS, 2_002));
    let early = answer("GA", vec![at_hour(0, 6, 999)], Vec::new());
    let late = answer("SQ", Vec::new(), vec![at_hour(1, 8, 990)]);
    assert_eq!(outcome(vec![both, early, late], 100).offers[0].price, 1_984);
}

mod properties;
