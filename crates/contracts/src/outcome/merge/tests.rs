use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    Cabin, ExchangeRates,
    offer::{Approximate, Price, Segment},
    samples::{self, round_trip},
};

fn offer(number: &str, price: u64, departure: &str) -> Offer {
    Offer { flight_number: number.into(), price, departure: departure.parse().unwrap(), ..samples::offer() }
}

fn code(text: &str) -> SupplierCode {
    text.parse().unwrap()
}

fn up_to(max: usize) -> Ranking {
    Ranking { currency: Currency::IDR, max }
}

const SIX: &str = "2025-07-10T06:00:00+07:00";
const SEVEN: &str = "2025-07-10T07:00:00+07:00";

#[test]
fn the_same_flight_is_one_offer_at_the_best_price_with_both_suppliers() {
    let answers = [(code("GA"), vec![offer("GA1", 900, SIX)]), (code("AGG"), vec![offer("GA1", 800, SIX)])];
    let (merged, total) = merge(answers, up_to(200));
    assert_eq!(total, 1);
    assert_eq!(merged[0].price, 800);
    assert_eq!(merged[0].suppliers, [code("AGG"), code("GA")]);
    let prices: Vec<_> =
        merged[0].prices.iter().map(|price| (price.supplier.as_str(), price.total.to_string())).collect();
    assert_eq!(
        prices,
        [("AGG", "800".into()), ("GA", "900".into())],
        "those of workers of versions before 0.2"
    );
}

/// As version 0.1 wrote it.
const RECORDED: &str = r#"{"flight_number":"QZ804","price":1716000,"currency":"IDR","carrier":"Indonesia AirAsia","origin":"CGK","destination":"DPS","departure":"2025-07-10T06:45:00+07:00","arrival":"2025-07-10T09:35:00+08:00","duration_minutes":110,"stops":0,"suppliers":["QZ"],"id":"cfc5170ad15e9f58"}"#;

#[test]
fn an_offer_of_version_0_1_keeps_its_bytes_and_gets_a_price() {
    let recorded: Offer = serde_json::from_str(RECORDED).unwrap();
    assert_eq!(OfferId::of(&recorded), recorded.id);
    assert_eq!(serde_json::to_string(&recorded).unwrap(), RECORDED);
    let (merged, _) = merge([(code("QZ"), vec![recorded])], up_to(200));
    let flat = RECORDED.strip_suffix('}').unwrap();
    let price = r#","prices":[{"supplier":"QZ","total":"1716000","currency":"IDR"}],"best_rank":1}"#;
    assert_eq!(serde_json::to_string(&merged[0]).unwrap(), format!("{flat}{price}"));
}

#[test]
fn another_day_or_number_is_another_flight() {
    let answers =
        [(code("GA"), vec![offer("GA1", 900, SIX), offer("GA1", 900, SEVEN), offer("GA2", 900, SIX)])];
    let numbers: Vec<_> =
        merge(answers, up_to(200)).0.into_iter().map(|o| (o.flight_number, o.departure)).collect();
    let (six, seven) = (SIX.parse().unwrap(), SEVEN.parse().unwrap());
    assert_eq!(numbers, [("GA1".into(), six), ("GA2".into(), six), ("GA1".into(), seven)]);
}

#[test]
fn the_cap_keeps_the_cheapest_and_the_total() {
    let answers = (1..=5).rev().map(|n| (code("GA"), vec![offer(&format!("GA{n}"), n * 100, SIX)]));
    let (merged, total) = merge(answers, up_to(2));
    assert_eq!(total, 5);
    assert_eq!(merged.iter().map(|offer| offer.price).collect::<Vec<_>>(), [100, 200]);
}

#[test]
fn of_one_sellers_fare_brand_the_cheapest_price_stays() {
    let sold = |supplier: &str, total: &str, brand: &str| {
        let mut offer = round_trip();
        offer.prices = vec![samples::price(supplier, total, "IDR")];
        offer.prices[0].fare_brand = Some(brand.into());
        offer
    };
    let ga = vec![sold("GA", "1000", "Flex"), sold("GA", "700", "Lite"), sold("GA", "900", "Flex")];
    let (merged, _) = merge([(code("GA"), ga), (code("AGG"), vec![sold("AGG", "800", "Lite")])], up_to(200));
    let prices: Vec<_> = merged[0]
        .prices
        .iter()
        .map(|price| (price.supplier.as_str(), price.fare_brand.as_deref().unwrap(), price.total.to_string()))
        .collect();
    let expected =
        [("GA", "Lite", "700".into()), ("AGG", "Lite", "800".into()), ("GA", "Flex", "900".into())];
    assert_eq!(prices, expected);
    assert_eq!(merged[0].suppliers, [code("GA"), code("AGG")]);
}

#[test]
fn what_one_supplier_does_not_tell_comes_from_another() {
    let mut full = round_trip();
    full.prices[0].supplier = code("AGG");
    let mut cheaper = round_trip();
    cheaper.prices = vec![samples::price("GA", "1", "IDR")];
    cheaper.carrier = "The cheaper one's name".into();
    cheaper.slices[1].segments[0].aircraft = None;
    cheaper.slices[1].segments[0].origin_terminal = Some("9".into());
    let (merged, _) = merge([(code("AGG"), vec![full]), (code("GA"), vec![cheaper.clone()])], up_to(200));
    let segment = &merged[0].slices[1].segments[0];
    assert_eq!(merged[0].carrier, cheaper.carrier);
    assert_eq!((segment.aircraft.as_deref(), segment.origin_terminal.as_deref()), (Some("738"), Some("9")));

    let flat = Offer { cabin: None, price: 1, flight_number: "GA1".into(), ..samples::offer() };
    let mut one_way = round_trip();
    one_way.slices.truncate(1);
    one_way.flight_number = "GA1".into();
    let (merged, _) = merge([(code("GA"), vec![flat]), (code("AGG"), vec![one_way.clone()])], up_to(200));
    assert_eq!((merged.len(), merged[0].price), (1, 1));
    assert_eq!((&merged[0].slices, merged[0].cabin), (&one_way.slices, Some(Cabin::Economy)));
}

#[test]
fn offers_without_a_rate_come_last_and_say_so() {
    let rates: ExchangeRates = "Date, USD, IDR\n2026-11-23, 1, 16000".parse().unwrap();
    let priced = |number: &str, total: &str, currency: &str| {
        let mut price = Price::new(code("GA"), total.parse().unwrap(), currency.parse().unwrap());
        price.approximate_in(Currency::IDR, Some(&rates));
        Offer { flight_number: number.into(), prices: vec![price], ..samples::offer() }
    };
    let answers = [(
        code("GA"),
        vec![
            priced("QQQ2", "2", "QQQ"),
            priced("USD1", "1.00", "USD"),
            priced("QQQ1", "1.50", "QQQ"),
            priced("IDR1", "15999", "IDR"),
            priced("IDR2", "16001", "IDR"),
        ],
    )];
    let (merged, _) = merge(answers, up_to(200));
    let told: Vec<_> = merged
        .iter()
        .map(|offer| (offer.flight_number.as_str(), offer.price, offer.currency.as_str(), offer.comparable))
        .collect();
    let expected = [
        ("IDR1", 15_999, "IDR", true),
        ("USD1", 1, "USD", true),
        ("IDR2", 16_001, "IDR", true),
        ("QQQ1", 2, "QQQ", false),
        ("QQQ2", 2, "QQQ", false),
    ];
    assert_eq!(told, expected);
    let json = serde_json::to_string(&merged[3]).unwrap();
    assert!(json.contains(r#""comparable":false"#), "{json}");
    assert!(!serde_json::to_string(&merged[0]).unwrap().contains("comparable"));
}

/// Answers of up to five suppliers, in three currencies of which one has no rate, about a few itineraries.
fn answers() -> impl Strategy<Value = Vec<(SupplierCode, Vec<Offer>)>> {
    let price = (0..4_u8, 1..500_u32, 0..3_usize);
    let told = (0..3_usize, any::<bool>(), any::<bool>(), any::<bool>());
    let offer = (0..4_u8, 0..2_u8, told, prop::collection::vec(price, 0..4));
    let answer = prop::collection::vec(offer, 0..6);
    prop::collection::vec(answer, 0..6).prop_map(|answers| {
        let rates: ExchangeRates = "Date, USD, IDR\n2026-11-23, 1, 10".parse().unwrap();
        let supplier = |at: usize| code(&format!("S{at}"));
        answers
            .into_iter()
            .enumerate()
            .map(|(at, answer)| {
                let offers =
                    answer.into_iter().map(|offer| generated(&supplier(at), offer, &rates)).collect();
                (supplier(at), offers)
            })
            .collect()
    })
}

/// Flight number and cabin; which flights the offer has (none, the whole way as one, or each), whether it has a way back, a
/// flight in a higher cabin, and a cabin of its own; prices.
type Generated = (u8, u8, (usize, bool, bool, bool), Vec<(u8, u32, usize)>);

fn generated(supplier: &SupplierCode, offer: Generated, rates: &ExchangeRates) -> Offer {
    let (number, cabin, (told, is_return, is_mixed, tells_cabin), prices) = offer;
    let cabin = if cabin == 0 { Cabin::Economy } else { Cabin::Business };
    let mut offer = Offer {
        flight_number: format!("GA{number}"),
        price: u64::from(number) + 7,
        cabin: (tells_cabin || cabin == Cabin::Business).then_some(cabin),
        carrier: supplier.to_string(),
        ..samples::offer()
    };
    offer.slices = round_trip().slices;
    for segment in offer.slices.iter_mut().flat_map(|slice| &mut slice.segments) {
        segment.cabin = Some(cabin);
    }
    let first = &mut offer.slices[0].segments;
    match told {
        // A return is always told.
        0 | 1 => {
            let Segment { destination, arrival, .. } = first[1].clone();
            first.truncate(1);
            (first[0].destination, first[0].arrival) = (destination, arrival);
        }
        _ if is_mixed => first[1].cabin = Some(Cabin::First),
        _ => {}
    }
    if !is_return {
        offer.slices.truncate(usize::from(told > 0));
    }
    offer.prices = prices
        .into_iter()
        .map(|(brand, cents, currency)| {
            let currency: Currency = ["IDR", "USD", "QQQ"][currency].parse().unwrap();
            let total = Amount::new(rust_decimal::Decimal::new(cents.into(), 2), currency).unwrap();
            let mut price = Price::new(supplier.clone(), total, currency);
            price.fare_brand = (brand > 0).then(|| format!("Brand {brand}"));
            price.approximate_in(Currency::IDR, Some(rates));
            price
        })
        .collect();
    offer
}

proptest! {
    #[test]
    fn no_sellers_price_is_lost(answers in answers()) {
        let mut cheapest = std::collections::BTreeMap::new();
        for (supplier, offers) in &answers {
            for mut offer in offers.clone() {
                offer.ensure_priced(supplier);
                for price in &offer.prices {
                    let key = (OfferId::of(&offer).to_string(), supplier.clone(), price.fare_brand.clone());
                    let level = price.level(Currency::IDR);
                    let least = cheapest.entry(key).or_insert(level);
                    *least = level.min(*least);
                }
            }
        }
        let (merged, total) = merge(answers, up_to(1000));
        prop_assert_eq!(total, merged.len());
        let mut found = std::collections::BTreeMap::new();
        for offer in &merged {
            for price in &offer.prices {
                let key = (offer.id.to_string(), price.supplier.clone(), price.fare_brand.clone());
                let before = found.insert(key, price.level(Currency::IDR));
                prop_assert!(before.is_none(), "one price for each seller and fare brand");
            }
            let sellers: BTreeSet<_> = offer.prices.iter().map(|price| &price.supplier).collect();
            prop_assert_eq!(sellers, offer.suppliers.iter().collect());
        }
        prop_assert_eq!(found, cheapest);
    }

    #[test]
    fn the_order_of_answers_makes_no_difference(
        (one, other) in answers().prop_flat_map(|answers| (Just(answers.clone()), Just(answers).prop_shuffle())),
        max in 0..10_usize,
    ) {
        prop_assert_eq!(merge(one, up_to(max)), merge(other, up_to(max)));
    }

    #[test]
    fn ids_stay_and_are_there_once(answers in answers()) {
        let before: BTreeSet<_> =
            answers.iter().flat_map(|(_, offers)| offers).map(|offer| OfferId::of(offer).to_string()).collect();
        let (merged, _) = merge(answers, up_to(1000));
        for offer in &merged {
            prop_assert_eq!(offer.id, OfferId::of(offer), "what others tell does not change it");
        }
        let after: Vec<_> = merged.iter().map(|offer| offer.id.to_string()).collect();
        prop_assert_eq!(after.len(), before.len());
        prop_assert_eq!(after.into_iter().collect::<BTreeSet<_>>(), before);
    }

    #[test]
    fn prices_rise_in_every_currency_and_the_flat_ones_are_the_best(answers in answers()) {
        let (merged, _) = merge(answers, up_to(1000));
        let level = |price: &Price| price.level(Currency::IDR);
        for offer in &merged {
            prop_assert!(offer.prices.is_sorted_by_key(level));
            let best = &offer.prices[0];
            prop_assert_eq!((offer.price, offer.currency), (best.total.units_rounded_up(), best.currency));
            prop_assert_eq!(offer.comparable, best.comparable_in(Currency::IDR).is_some());
        }
        prop_assert!(merged.is_sorted_by_key(|offer| level(&offer.prices[0])));
    }

    #[test]
    fn best_is_a_total_order(answers in answers(), max in 0..10_usize) {
        let (merged, _) = merge(answers, up_to(max));
        let mut ranks: Vec<_> = merged.iter().map(|offer| offer.best_rank.unwrap()).collect();
        // Neither dearer nor longer is never worse.
        for (at, one) in merged.iter().enumerate() {
            for other in &merged[at + 1..] {
                if one.comparable && one.total_minutes() <= other.total_minutes() {
                    prop_assert!(one.best_rank < other.best_rank, "{:?} {:?}", one, other);
                }
            }
        }
        ranks.sort_unstable();
        prop_assert!(ranks.into_iter().eq((1..).take(merged.len())));
    }
}

#[test]
fn an_approximation_in_another_currency_does_not_compare() {
    let mut price = Price::new(code("GA"), "1".parse().unwrap(), "USD".parse().unwrap());
    price.approximate = Some(Approximate {
        total: "9".parse().unwrap(),
        currency: Currency::EUR,
        rate_date: "2026-11-23".parse().unwrap(),
    });
    assert_eq!(price.comparable_in(Currency::IDR), None);
    assert_eq!(price.comparable_in(Currency::EUR), "9".parse().ok());
}
