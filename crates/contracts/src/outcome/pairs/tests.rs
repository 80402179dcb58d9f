use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;

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

fn answer(supplier: &str, there: Vec<Offer>, back: Vec<Offer>) -> Answer {
    let rates: ExchangeRates = "Date, USD, IDR\n2026-11-23, 1, 16000".parse().unwrap();
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
    answer.priced(Timestamp::UNIX_EPOCH, Currency::IDR, Some(&rates))
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

/// Answers of up to five suppliers that sell single ways, some in a currency without a rate. The way back is on this day
/// of July, and the way out on the 10th.
fn answers(day_back: u8) -> impl Strategy<Value = Vec<Answer>> {
    let way = prop::collection::vec((0..12_u8, 1..400_u32, 0..3_usize), 0..10);
    prop::collection::vec((way.clone(), way), 0..5).prop_map(move |answers| {
        let ways = |supplier: &str, at: usize, ways: Vec<(u8, u32, usize)>| {
            let mut offers: Vec<_> = ways
                .into_iter()
                .map(|(hour, total, currency)| {
                    generated((supplier, at), (if at == 0 { 10 } else { day_back }, hour), total, currency)
                })
                .collect();
            unite(&mut offers, Currency::IDR);
            offers
        };
        let answers = answers.into_iter().enumerate().map(|(n, (there, back))| {
            let supplier = format!("S{n}");
            answer(&supplier, ways(&supplier, 0, there), ways(&supplier, 1, back))
        });
        answers.collect()
    })
}

fn generated((supplier, at): (&str, usize), (day, hour): (u8, u8), total: u32, currency: usize) -> Offer {
    let mut offer = one_way(at, supplier, &total.to_string(), ["IDR", "USD", "QQQ"][currency]);
    offer.departure = format!("2025-07-{day}T{hour:02}:05:00+07:00").parse().unwrap();
    offer.arrival = format!("2025-07-{day}T{:02}:05:00+07:00", hour + 2).parse().unwrap();
    offer.duration_minutes = 120;
    offer.slices.clear();
    offer.cabin = (hour % 3 > 0).then_some(if hour % 3 == 1 { Cabin::Economy } else { Cabin::Business });
    offer.id = OfferId::of(&offer);
    offer
}

proptest! {
    #[test]
    fn the_order_of_answers_makes_no_difference(
        (one, other) in answers(10).prop_flat_map(|answers| (Just(answers.clone()), Just(answers).prop_shuffle())),
        max in 0..300_usize,
    ) {
        let (one, other) = (outcome(one, max), outcome(other, max));
        prop_assert_eq!(one.offers, other.offers);
        prop_assert_eq!(one.details.total, other.details.total);
    }

    #[test]
    fn pairs_are_bounded_in_order_and_sum_up(answers in answers(10)) {
        let most = MAX_ONE_WAYS * MAX_ONE_WAYS;
        for answer in &answers {
            prop_assert!(answer.offers.len() <= most);
        }
        let own: BTreeSet<_> = answers.iter().flat_map(|answer| &answer.offers).map(|offer| offer.id).collect();
        let merged = outcome(answers, 1000);
        prop_assert!(merged.offers.len() <= own.len() + most);
        let ids: BTreeSet<_> = merged.offers.iter().map(|offer| offer.id).collect();
        prop_assert!(own.is_subset(&ids), "what came in a partial is in the end");
        prop_assert_eq!(ids.len(), merged.offers.len());
        for offer in &merged.offers {
            prop_assert_eq!(offer.check(), Ok(()));
            prop_assert_eq!(offer.id, OfferId::of(offer));
            for price in &offer.prices {
                let [there, back] = &price.bookings[..] else { panic!("two bookings") };
                let ways = [&there.price, &back.price];
                if ways.iter().all(|way| way.currency == price.currency) {
                    prop_assert_eq!(there.price.total.decimal() + back.price.total.decimal(), price.total.decimal());
                } else {
                    let compared: Option<rust_decimal::Decimal> =
                        ways.iter().map(|way| way.comparable_in(Currency::IDR).map(crate::Amount::decimal)).sum();
                    prop_assert_eq!(compared, Some(price.total.decimal()));
                }
            }
        }
    }

    #[test]
    fn the_cheapest_way_there_and_back_is_found(answers in answers(11)) {
        let cheapest = |ways: fn(&OneWays) -> &Vec<Offer>| {
            let all = answers.iter().filter_map(|answer| answer.one_ways.as_deref()).flat_map(ways);
            all.filter_map(|offer| offer.prices[0].comparable_in(Currency::IDR)).min()
        };
        let possible = cheapest(|ways| &ways.there).zip(cheapest(|ways| &ways.back));
        let possible = possible.map(|(there, back)| there.decimal() + back.decimal());
        let merged = outcome(answers.clone(), 1000);
        let found = merged.offers.first().and_then(|offer| offer.prices[0].comparable_in(Currency::IDR));
        prop_assert_eq!(found.map(crate::Amount::decimal), possible);
    }
}
